import { crc32, deflateRawSync } from "node:zlib";

/** One entry of a zip, and the false statements that its headers may make about it. */
export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly stored?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly claimedBytes?: number | undefined;
  readonly claimedCrc?: number;
  /** Where the directory says the entry starts, instead of where it really does. */
  readonly claimedOffset?: number;
  /** A UNIX mode, including the file type; without one the entry belongs to no particular system. */
  readonly mode?: number;
  /** What its local header says instead of the directory. */
  readonly local?: { readonly name?: string; readonly bytes?: number; readonly signature?: string };
  /** Bytes after the compressed ones that the headers count as compressed. */
  readonly trailing?: Uint8Array;
  /** The name's bytes, if they cannot be written as text. */
  readonly rawName?: Uint8Array;
}

/** A zip of these entries: local headers, then the central directory, then the end record. */
export function zipOf(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.stored ? Buffer.from(entry.data) : deflateRawSync(entry.data);
    const packed = Buffer.concat([content, entry.trailing ?? Buffer.alloc(0)]);
    const name = Buffer.from(entry.rawName ?? entry.name);
    const fields = fieldsOf(entry, packed, name);
    const local = Buffer.concat(localParts(entry, packed, name));
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(((entry.mode ?? 0) << 16) >>> 0, 6);
    tail.writeUInt32LE(entry.claimedOffset ?? offset, 10);
    const madeBy = Buffer.from([20, entry.mode === undefined ? 0 : 3]);
    directory.push(Buffer.from("PK\x01\x02"), madeBy, fields, tail, name);
    parts.push(local);
    offset += local.byteLength;
  }
  const central = Buffer.concat(directory);
  return Buffer.concat([...parts, central, endRecord(entries.length, central.byteLength, offset)]);
}

function localParts(entry: ZipEntry, packed: Buffer, name: Buffer): readonly Buffer[] {
  const { local = {} } = entry;
  const own = local.name === undefined ? name : Buffer.from(local.name);
  const claim = { ...entry, claimedBytes: local.bytes ?? entry.claimedBytes };
  const signature = Buffer.from(local.signature ?? "PK\x03\x04", "latin1");
  return [signature, fieldsOf(claim, packed, own), own, packed];
}

function fieldsOf(entry: ZipEntry, packed: Buffer, name: Buffer): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(entry.flags ?? 0, 2);
  fields.writeUInt16LE(entry.method ?? (entry.stored ? 0 : 8), 4);
  fields.writeUInt32LE(entry.claimedCrc ?? crc32(entry.data), 10);
  fields.writeUInt32LE(packed.byteLength, 14);
  fields.writeUInt32LE(entry.claimedBytes ?? entry.data.byteLength, 18);
  fields.writeUInt16LE(name.byteLength, 22);
  return fields;
}

function endRecord(count: number, sizeBytes: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write("PK\x05\x06", 0, "latin1");
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(sizeBytes, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
