import { directoryEntry, endRecords, localHeader, type ZipRecord } from "../archive/zip-records.ts";
import { bytesSource, joined, type CheckedSource } from "./checked-source.ts";

/** A file that goes into a zip: its content, and the same as it is packed. */
export interface ZipEntry {
  readonly path: string;
  readonly plain: CheckedSource;
  /** Absent where it is stored as it is. */
  readonly packed?: CheckedSource;
}

/**
 * A zip of these entries, in this order, with every size in front of the content it belongs to. It is put
 * together whenever it is read, from the files themselves: of a zip in which all is stored, any part can
 * be read alone, and it is itself a content that can be stored in another.
 */
export function zipSource(entries: readonly ZipEntry[]): CheckedSource {
  const parts: CheckedSource[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.packed ?? entry.plain;
    const record = recordOf(entry, content);
    const header = bytesSource(localHeader(record));
    directory.push(directoryEntry(record, offset));
    parts.push(header, content);
    offset += header.sizeBytes + content.sizeBytes;
  }
  const central = Buffer.concat(directory);
  const end = endRecords(entries.length, offset, central.length);
  return joined([...parts, bytesSource(Buffer.concat([central, end]))]);
}

function recordOf({ path, plain, packed }: ZipEntry, content: CheckedSource): ZipRecord {
  return {
    path,
    sizeBytes: plain.sizeBytes,
    packedBytes: content.sizeBytes,
    crc32: plain.crc32,
    isDeflated: packed !== undefined,
  };
}
