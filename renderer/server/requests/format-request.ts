import { formatDuration } from "../../words/format.ts";

/** A time of day in the user's time zone: `14:02:11`. */
export function formatClockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB", { timeStyle: "medium" });
}

/** `3 ms`, `840 ms`, `2.1 s`, `28 min`. */
export function formatMs(ms: number): string {
  return ms < 999.5 ? `${Math.round(ms)} ms` : formatDuration(ms / 1000);
}

/** Longer texts are not reformatted. */
const MAX_PRETTY = 200_000;

/** Indents JSON that is complete and short; returns any other text unchanged. */
export function readableBody(text: string, isCut: boolean): string {
  if (isCut || text.length > MAX_PRETTY) return text;
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
