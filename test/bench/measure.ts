import { existsSync, readFileSync } from "node:fs";
import { median as medianOf } from "../../engine/drawing/median.ts";

/** The median of measurements; NaN if there are none. */
export function median(values: readonly number[]): number {
  return medianOf(values) ?? Number.NaN;
}

/** Seconds that `work` took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** CPU seconds that this process used during `work`, in all its threads, including time in the system. */
export async function computed(work: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

/**
 * Seconds of each contestant, run in turn `rounds` times after one warm-up: a machine that is slow for a while affects
 * all of them, so the ratios of the medians hold.
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
  /** Peak resident memory in bytes, mapped files included. */
  readonly peakBytes: number;
  /** The process's own memory at present, in bytes. */
  readonly ownBytes: number;
}

/** Memory of a process on Linux; undefined elsewhere, and for a process that has ended. */
export function memoryOf(pid: number | undefined): Memory | undefined {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const status = readFileSync(file, "utf8");
  const bytes = (key: string): number =>
    1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
  return { peakBytes: bytes("VmHWM"), ownBytes: bytes("RssAnon") };
}
