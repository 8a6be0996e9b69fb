import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("no-descriptors.ts", import.meta.url));

/** The results of work that is requested twice without a free file descriptor, and once with one; not for Windows. */
export function withoutDescriptors(work: "process" | "thread"): {
  readonly answers: readonly string[];
  readonly stderr: string;
  readonly status: number | null;
} {
  const command = ["-c", 'ulimit -n 64; exec "$0" "$@"', process.execPath, PROGRAM, work];
  const { stdout, stderr, status } = spawnSync("sh", command, { encoding: "utf8" });
  return { answers: stdout.trim().split("\n"), stderr, status };
}
