import { useCallback } from "react";
import { showFailure } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";

/** What is longer is no token: what the studio takes at most. */
const MAX_BYTES = 20_000;

/** A token and the file that it came from. */
export interface Token {
  readonly name: string;
  readonly text: string;
}

/** A token out of a file, or why there is none in it. */
export type TokenFile =
  | Token
  | { readonly name: string; readonly fault: "tokenFile" | "tokenEmpty" };

/** Reads a `token.cfg`: its content goes to the studio as it is and stays nowhere else. */
export async function readTokenFile(file: File): Promise<TokenFile> {
  const { name, size } = file;
  if (size > MAX_BYTES) return { name, fault: "tokenFile" };
  const text = await file.text();
  return text.trim() === "" ? { name, fault: "tokenEmpty" } : { name, text };
}

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
