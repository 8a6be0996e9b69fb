import { readdirSync, readFileSync } from "node:fs";

/** Ids of this process's inference processes, including zombies. */
export function inferencePids(): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      const [, parent] =
        /^\d+ \(.*\) \w (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return Number(parent) === process.pid && commandOf(pid).includes("inference-process");
    } catch {
      return false;
    }
  });
}

/** A zombie has no command line; it is counted as one of ours, too. */
function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "utf8") || "inference-process";
}
