/** A zip's information about a member. */
export interface ZipRecord {
  readonly path: string;
  readonly sizeBytes: number;
  readonly packedBytes: number;
  readonly crc32: number;
  readonly isDeflated: boolean;
  /** When it was last changed, as a zip has it: date times 2^16, plus time. Absent: 1 January 1980. */
  readonly changedAt?: number;
}

/** APPNOTE.TXT 6.3.10; sizes and offsets beyond 32 bits are in an extra field, zip64. */
const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const ZIP64_EXTRA = 1;
const FULL_16 = 0xffff;
const FULL_32 = 0xffffffff;
const VERSION = 20;
const VERSION_64 = 45;
const UNIX = 3;
/** A regular file, writable by its owner and readable by everyone. */
const MODE = 0o100644;
const IS_UTF8 = 0x800;
/** 1 January 1980, the first day that a zip can represent: equal models give equal bytes without a date. */
const DATE = 0x0021;

/**
 * Whether a member's sizes are in the extra field. This is decided by the uncompressed size and the most that deflating
 * can add (deflateBound of zlib), so that the header's length is known before the content is read.
 */
function isLargeMember({ sizeBytes, isDeflated }: ZipRecord): boolean {
  const added = sizeBytes / 2 ** 12 + sizeBytes / 2 ** 14 + sizeBytes / 2 ** 25 + 13;
  return sizeBytes + (isDeflated ? added : 0) >= FULL_32;
}

/** A zip without the contents. */
export interface ZipFrame {
  /** What precedes each content. */
  readonly headers: readonly Uint8Array[];
  /** The directory at the end. */
  readonly end: Uint8Array;
}

export function zipFrame(records: readonly ZipRecord[]): ZipFrame {
  const headers = records.map(localHeader);
  let offset = 0;
  const directory = records.map((record, index) => {
    const entry = directoryEntry(record, offset);
    offset += (headers[index]?.length ?? 0) + record.packedBytes;
    return entry;
  });
  const bytes = bytesOf(directory);
  return { headers, end: bytesOf([bytes, endRecords(records.length, offset, bytes.length)]) };
}

/** Precedes a member's content, and contains its sizes and checksum; nothing follows the content. */
export function localHeader(record: ZipRecord): Uint8Array {
  const { sizeBytes, packedBytes } = record;
  const isLarge = isLargeMember(record);
  const extra = isLarge ? extra64([sizeBytes, packedBytes]) : new Uint8Array();
  return bytesOf([
    [4, LOCAL],
    [2, isLarge ? VERSION_64 : VERSION],
    ...commonFields(record, isLarge, extra),
    nameOf(record),
    extra,
  ]);
}

/** A member's entry in the directory at the end; `offset` is that of its local header. */
function directoryEntry(record: ZipRecord, offset: number): Uint8Array {
  const { sizeBytes, packedBytes } = record;
  const isLarge = isLargeMember(record);
  const long = [
    ...(isLarge ? [sizeBytes, packedBytes] : []),
    ...(offset >= FULL_32 ? [offset] : []),
  ];
  const extra = long.length > 0 ? extra64(long) : new Uint8Array();
  const version = long.length > 0 ? VERSION_64 : VERSION;
  return bytesOf([
    [4, CENTRAL],
    [1, version],
    [1, UNIX],
    [2, version],
    ...commonFields(record, isLarge, extra),
    // Comment, disk, internal attributes.
    [2, 0],
    [2, 0],
    [2, 0],
    [4, MODE * 2 ** 16],
    [4, Math.min(offset, FULL_32)],
    nameOf(record),
    extra,
  ]);
}

/** What ends a zip whose directory of `count` entries begins at `offset`. */
function endRecords(count: number, offset: number, sizeBytes: number): Uint8Array {
  const isLarge = count >= FULL_16 || offset >= FULL_32 || sizeBytes >= FULL_32;
  const counts = (width: 2 | 8, most: number): readonly Field[] => {
    const shown = Math.min(count, most);
    return [
      [width, shown],
      [width, shown],
    ];
  };
  const large: readonly Field[] = [
    [4, END_64],
    [8, 44],
    [1, VERSION_64],
    [1, UNIX],
    [2, VERSION_64],
    [4, 0],
    [4, 0],
    ...counts(8, Infinity),
    [8, sizeBytes],
    [8, offset],
    [4, END_64_LOCATOR],
    [4, 0],
    [8, offset + sizeBytes],
    [4, 1],
  ];
  return bytesOf([
    ...(isLarge ? large : []),
    [4, END],
    [2, 0],
    [2, 0],
    ...counts(2, FULL_16),
    [4, Math.min(sizeBytes, FULL_32)],
    [4, Math.min(offset, FULL_32)],
    [2, 0],
  ]);
}

/** Bytes as they are, or a little-endian number of so many bytes. */
type Field = Uint8Array | readonly [width: 1 | 2 | 4 | 8, value: number];

function commonFields(
  { path, crc32, isDeflated, sizeBytes, packedBytes, changedAt = DATE * 2 ** 16 }: ZipRecord,
  isLarge: boolean,
  extra: Uint8Array,
): readonly Field[] {
  // As Python's zipfile: only what is no ASCII is marked.
  const isAscii = /^[\0-\x7f]*$/.test(path);
  return [
    [2, isAscii ? 0 : IS_UTF8],
    [2, isDeflated ? 8 : 0],
    [4, changedAt],
    [4, crc32],
    [4, isLarge ? FULL_32 : packedBytes],
    [4, isLarge ? FULL_32 : sizeBytes],
    [2, new TextEncoder().encode(path).length],
    [2, extra.length],
  ];
}

function nameOf({ path }: ZipRecord): Uint8Array {
  return new TextEncoder().encode(path);
}

function extra64(values: readonly number[]): Uint8Array {
  const fields = values.map((value) => [8, value] as const);
  return bytesOf([[2, ZIP64_EXTRA], [2, 8 * values.length], ...fields]);
}

function bytesOf(fields: readonly Field[]): Uint8Array {
  const width = (field: Field): number => (field instanceof Uint8Array ? field.length : field[0]);
  const bytes = new Uint8Array(fields.reduce((sum, field) => sum + width(field), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const field of fields) {
    if (field instanceof Uint8Array) bytes.set(field, at);
    else writeNumber(view, at, field);
    at += width(field);
  }
  return bytes;
}

function writeNumber(view: DataView, at: number, [width, value]: readonly [number, number]): void {
  if (width === 8) view.setBigUint64(at, BigInt(value), true);
  else if (width === 4) view.setUint32(at, value, true);
  else if (width === 2) view.setUint16(at, value, true);
  else view.setUint8(at, value);
}
