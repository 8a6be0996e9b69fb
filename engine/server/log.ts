import { appendFileSync, closeSync, constants, openSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger } from "pino";
import { diskFullNotice } from "../files/disk-full.ts";
import { systemCode } from "../files/system-error.ts";

const MAX_BYTES = 4 << 20;

/** Names of values that are never written, wherever in an entry they stand up to three levels deep. */
const SECRETS = ["authorization", "code", "key", "signature", "token", "value", "prompt"].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/** The log, and what a person should know of its file. */
export interface StudioLog {
  readonly log: Logger;
  /** Empty as long as the latest line is in the file; one that is not is tried again at each asking. */
  readonly notices: () => readonly string[];
}

/**
 * The studio's log: one JSON object per line in `studio.log` of the data folder, and the time before in
 * `studio.log.1`; never more than 8 MiB together. It holds no prompt and nothing secret. A file that
 * cannot be written to costs the lines, and nothing else.
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

/** A net below the table of names: what looks like a token or a signed address in any text. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(Bearer\s+)[\w.~+/-]+/gi, "$1…")
    .replaceAll(/\b((?:code|signature|token)=)[^&\s"\\]+/gi, "$1…")
    .replaceAll(/\bhf_\w+/g, "…");
}

/** To what is no ordinary file, such as a pipe that nobody reads, it must fail instead of waiting. */
const APPENDING =
  constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NONBLOCK ?? 0);

/** Written at once, so that the line before a crash is there; few lines are written at all. */
class BoundedFile {
  readonly #path: string;
  /** Undefined until it is known, and after a failure. */
  #size: number | undefined;
  /** Why the latest line is not in it: a system's error code. */
  failure: string | undefined;
  /** The latest line, where it is not in it. */
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

  /** A disk that was full has room again some day, and then the next line may be long in coming. */
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
