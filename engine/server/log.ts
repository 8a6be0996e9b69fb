import { appendFileSync, closeSync, constants, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { diskFullNotice } from "../files/disk-full.ts";
import { systemCode } from "../files/system-error.ts";

const MAX_BYTES = 4 << 20;

/** Names whose values are never logged, up to three levels deep in an entry. */
const SECRETS = ["authorization", "code", "key", "signature", "token", "value", "prompt"].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/** The log, and notices about its file. */
export interface StudioLog {
  readonly log: Logger;
  /** Empty while the latest line has been written; otherwise writing it is tried again at each call. */
  readonly notices: () => readonly string[];
}

/**
 * The studio's log: one JSON object per line in `studio.log` of the data folder, with the previous file as
 * `studio.log.1`; at most 8 MiB together. It contains no prompts and no secrets. If the file cannot be written, lines
 * are lost and nothing else.
 */
export function openLog(dataFolder: string): StudioLog {
  const file = new BoundedFile(join(dataFolder, "studio.log"));
  const log = pino(
    { base: { pid: process.pid }, redact: { paths: SECRETS, censor: "…" } },
    { write: (line: string) => file.write(withoutSecrets(line)) },
  );
  const notices = (): string[] => {
    file.tryAgain();
    if (file.failure === undefined) return [];
    if (file.failure === "ENOSPC") return [diskFullNotice(dataFolder)];
    return [`Nothing is recorded in studio.log: the file cannot be written to (${file.failure}).`];
  };
  return { log, notices };
}

/** A safety net besides the list of names: removes what looks like a token or a signed address from any text. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(Bearer\s+)[\w.~+/-]+/gi, "$1…")
    .replaceAll(/\b((?:code|signature|token)=)[^&\s"\\]+/gi, "$1…")
    .replaceAll(/\bhf_\w+/g, "…");
}

/** Writing to anything but a regular file, such as a pipe without a reader, must fail rather than wait. */
const APPENDING =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);

/** Writes synchronously, so that the line before a crash is there; few lines are written at all. */
class BoundedFile {
  readonly #path: string;
  /** Undefined until it is known, and after a failure. */
  #size: number | undefined;
  /** Why the latest line was not written: a system error code. */
  failure: string | undefined;
  /** The latest line, if it was not written. */
  #lost: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  write(line: string): void {
    try {
      this.#size ??= statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
      if (this.#size > MAX_BYTES) {
        renameSync(this.#path, `${this.#path}.1`);
        this.#size = 0;
      }
      append(this.#path, line);
      this.#size += Buffer.byteLength(line);
      this.failure = undefined;
      this.#lost = undefined;
    } catch (error) {
      this.#size = undefined;
      this.#lost = line;
      this.failure = systemCode(error) ?? "unknown";
    }
  }

  /** A full disk will have space again, but the next line may not come for a long time. */
  tryAgain(): void {
    if (this.#lost !== undefined) this.write(this.#lost);
  }
}

function append(path: string, line: string): void {
  const file = openSync(path, APPENDING, 0o600);
  try {
    appendFileSync(file, line);
  } finally {
    closeSync(file);
  }
}
