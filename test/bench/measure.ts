import { existsSync, readFileSync } from "node:fs";

/** The middle of the values; of an even number of them the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Seconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** Seconds that this process computed meanwhile, in all its threads and in the system for it. */
export async function computed(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

/**
 * Seconds of each contestant, `rounds` times in turn after one warm-up: a machine that slows down for
 * a while slows all of them, so the medians' ratios hold.
 */
export async function interleaved(
  contestants: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Record<string, number[]>> {
  const seconds: Record<string, number[]> = {};
  for (const work of Object.values(contestants)) await work();
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(contestants))
      (seconds[name] ??= []).push(await timed(work));
  }
  return seconds;
}

export interface Memory {
  /** Everything resident, files that are mapped included, at its highest: bytes. */
  readonly peakBytes: number;
  /** What the process holds itself, now: bytes. */
  readonly ownBytes: number;
}

/** Memory of a process on Linux; undefined elsewhere, and of one that has ended. */
export function memoryOf(pid: number | undefined): Memory | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const status = readFileSync(file, "utf8");
  const bytes = (key: string): number =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return { peakBytes: bytes("VmHWM"), ownBytes: bytes("RssAnon") };
}
