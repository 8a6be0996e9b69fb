import { useCallback } from "react";
import { showFailure } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";

/** Maximum size that the studio accepts; no token is longer. */
const MAX_BYTES = 20_000;

/** A token and the name of its file. */
export interface Token {
  readonly name: string;
  readonly text: string;
}

/** A token from a file, or the reason why the file has none. */
export type TokenFile =
  | Token
  | { readonly name: string; readonly fault: "tokenFile" | "tokenEmpty" };

/** Reads a `token.cfg`. Its content is sent to the studio unchanged and stored nowhere else. */
export async function readTokenFile(file: File): Promise<TokenFile> {
  const { name, size } = file;
  if (size > MAX_BYTES) return { name, fault: "tokenFile" };
  const text = await file.text();
  return text.trim() === "" ? { name, fault: "tokenEmpty" } : { name, text };
}

/** Returns a function that reads a token from a file, or shows why there is none in it. */
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
