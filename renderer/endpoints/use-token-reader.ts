import { useCallback } from "react";
import { showFailure } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { readTokenFile, type Token } from "./token-file.ts";

/** Reads a token out of a file, or tells why there is none in it. */
export function useTokenReader() {
  const t = useWords("endpoints");
  return useCallback(
    async (file: File, take: (token: Token) => void) => {
      const read = await readTokenFile(file);
      if ("text" in read) return take(read);
      const size = formatBytes(file.size);
      showFailure(new Error(t(`faults.${read.fault}`, { file: read.name, size })));
    },
    [t],
  );
}
