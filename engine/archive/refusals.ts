import { StudioError, type RefusalCode } from "../contract/errors.ts";

/** The archive's name for a person: `model.mar`, or `model.mar/model.zip` for a zip inside. */
export type ArchiveName = string;

type ArchiveCode = Extract<RefusalCode, `ARCHIVE_${string}`>;

/** Names in a message are cut off after this length. */
const MAX_NAME = 100;

export function refusal(code: ArchiveCode, file: ArchiveName, reason: string): StudioError {
  return new StudioError(code, { file, reason });
}

/** A member's name for display: characters that cannot be printed are escaped. */
export function shown(name: string): string {
  const plain = name.replaceAll(
    /[\p{C}\u2028\u2029]/gu,
    (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
  return plain.length > MAX_NAME ? `${plain.slice(0, MAX_NAME)}…` : plain;
}
