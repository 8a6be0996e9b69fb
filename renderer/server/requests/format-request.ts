import { formatDuration } from "../../words/format.ts";

/** `14:02:11`, in the reader's own day. */
export function formatClockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { timeStyle: "medium" });
}

/** `3 ms`, `840 ms`, `2.1 s`, `28 min`. */
export function formatMs(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : formatDuration(ms / 1000);
}

/** As long as a text is worth laying out anew. */
const MAX_PRETTY = 200_000;

/** JSON over lines where it is whole and short; everything else as it is. */
export function readableBody(text: string, isCut: boolean): string {
  if (isCut || text.length > MAX_PRETTY) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
