import type { LocalArchive } from "../archive-files/archive.ts";
import type { ArchiveDescription } from "../contract/archives.ts";

/**
 * Describes a local archive. The code that also looks into buckets is loaded on demand, so that other commands start
 * fast.
 */
export async function describe(archive: LocalArchive): Promise<ArchiveDescription> {
  const { describeArchive } = await import("../studio/inspect-archive.ts");
  return describeArchive(archive);
}
