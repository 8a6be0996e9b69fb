import type { LocalArchive } from "../archive-files/archive.ts";
import type { ArchiveDescription } from "../contract/archives.ts";

/** Describes an archive of this machine. What also looks into buckets is loaded only then: other commands need not wait for it. */
export async function describe(archive: LocalArchive): Promise<ArchiveDescription> {
  const { describeArchive } = await import("../studio/inspect-archive.ts");
  return describeArchive(archive);
}
