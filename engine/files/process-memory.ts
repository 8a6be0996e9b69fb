import { readFile } from "node:fs/promises";

/** Bytes of a page of memory where /proc counts in pages. */
const PAGE_BYTES = 4096;

/** What a process holds of memory; 0 where the system does not tell, which is anywhere but on Linux. */
export async function residentBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
  return PAGE_BYTES * Number(text.split(" ")[1] ?? 0);
}
