import { StudioError, type RefusalCode } from "../contract/errors.ts";

/** Which archive, as a person knows it: `model.mar`, or `model.mar/model.zip` for a zip inside. */
export type ArchiveName = string;

type ArchiveCode = Extract<RefusalCode, `ARCHIVE_${string}`>;

/** Names in a reason are cut to this length: a sentence is read by a person. */
const MAX_NAME = 100;

export function refusal(code: ArchiveCode, file: ArchiveName, reason: string): StudioError {
  return new StudioError(code, { file, reason });
}

/** A member's name as it can be shown: whatever is not printable is written out. */
export function shown(name: string): string {
  const plain = name.replaceAll(
    /[\p{C}\u2028\u2029]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
  return plain.length > MAX_NAME ? `${plain.slice(0, MAX_NAME)}…` : plain;
}
