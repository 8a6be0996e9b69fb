import { readFile } from "node:fs/promises";

/** The page size, since /proc counts in pages. */
const PAGE_BYTES = 4096;

/** A process's resident memory; 0 if the system does not report it, which is everywhere except Linux. */
export async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return PAGE_BYTES * Number(text.split(" ")[1] ?? 0);
}
