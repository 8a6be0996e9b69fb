import { appendFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pino, type Logger } from "pino";

const MAX_BYTES = 4 << 20;

/** Names of values that are never written, wherever in an entry they stand up to three levels deep. */
const SECRETS = ["authorization", "code", "key", "signature", "token", "value", "prompt"].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/**
 * The studio's log: one JSON object per line in `studio.log` of the data folder, and the time before in
 * `studio.log.1`; never more than 8 MiB together. It holds no prompt and nothing secret.
 */
export function openLog(dataFolder: string): Logger {
  const write = boundedFile(join(dataFolder, "studio.log"));
  return pino(
    { base: { pid: process.pid }, redact: { paths: SECRETS, censor: "…" } },
    { write: (line: string) => write(withoutSecrets(line)) },
  );
}

/** A net below the table of names: what looks like a token or a signed address in any text. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/(Bearer\s+)[\w.~+/-]+/gi, "$1…")
    .replaceAll(/\b((?:code|signature|token)=)[^&\s"\\]+/gi, "$1…")
    .replaceAll(/\bhf_\w+/g, "…");
}

/** Written at once, so that the line before a crash is there; few lines are written at all. */
function boundedFile(path: string): (line: string) => void {
  let size = sizeOf(path);
  return (line) => {
    if (size > MAX_BYTES) {
      renameSync(path, `${path}.1`);
      size = 0;
    }
    try {
      if (size === 0) writeFileSync(path, "", { mode: 0o600, flag: "a" });
      appendFileSync(path, line);
      size += Buffer.byteLength(line);
    } catch {
      // A full disk must not end the studio for want of a log.
    }
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
