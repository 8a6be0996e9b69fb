/** Reads up to `length` bytes at `offset`; fewer where the file ends. */
export type ReadAt = (offset: number, length: number) => Promise<Uint8Array>;

/** What a shared library asks of the loader: the libraries it links to and the folders it names. */
export interface Dependencies {
  readonly needed: readonly string[];
  readonly runPath: readonly string[];
}

// System V ABI, "ELF header", "program header" and "dynamic section", 64-bit layouts.
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const ENTRY_BYTES = 16;
const SEGMENT_LOAD = 1;
const SEGMENT_DYNAMIC = 2;
const TAG = { end: 0, needed: 1, strings: 5, rpath: 15, runPath: 29 };
const MACHINE_X86_64 = 0x3e;

const MAX_SEGMENTS = 128;
const MAX_DYNAMIC_BYTES = 64 * 1024;
const MAX_NEEDED = 256;
const MAX_NAME_BYTES = 4096;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly address: number;
  readonly sizeBytes: number;
}

/**
 * The dependencies of a 64-bit x86 ELF library, or null where the bytes are not a sound one.
 * Reads the header, the program headers, the dynamic section and each name alone, so a library of
 * hundreds of megabytes costs a few kilobytes.
 */
export async function readDependencies(read: ReadAt): Promise<Dependencies | null> {
  const segments = await readSegments(read);
  const dynamic = segments?.find((segment) => segment.type === SEGMENT_DYNAMIC);
  if (!segments || !dynamic || dynamic.sizeBytes > MAX_DYNAMIC_BYTES) return null;
  const entries = await readDynamic(read, dynamic);
  const strings = fileOffset(segments, entries.find(([tag]) => tag === TAG.strings)?.[1]);
  const needed = entries.filter(([tag]) => tag === TAG.needed);
  if (strings === null || needed.length > MAX_NEEDED) return null;
  const names = await readNames(read, strings, needed);
  const paths = await readNames(read, strings, runPathEntries(entries));
  if (!names || !paths) return null;
  return { needed: names, runPath: paths.flatMap((path) => path.split(":")).filter(Boolean) };
}

async function readSegments(read: ReadAt): Promise<readonly Segment[] | null> {
  const header = await exactly(read, 0, HEADER_BYTES);
  if (!header || !isX64Library(header)) return null;
  const count = header.getUint16(56, true);
  if (count > MAX_SEGMENTS || header.getUint16(54, true) !== SEGMENT_BYTES) return null;
  const table = await exactly(read, word(header, 32), count * SEGMENT_BYTES);
  if (!table) return null;
  return Array.from({ length: count }, (_, index) => segmentAt(table, index * SEGMENT_BYTES));
}

function isX64Library(header: DataView): boolean {
  const magic = header.getUint32(0) === 0x7f454c46;
  const wide = header.getUint8(4) === 2;
  const littleEndian = header.getUint8(5) === 1;
  return magic && wide && littleEndian && header.getUint16(18, true) === MACHINE_X86_64;
}

function segmentAt(table: DataView, at: number): Segment {
  return {
    type: table.getUint32(at, true),
    offset: word(table, at + 8),
    address: word(table, at + 16),
    sizeBytes: word(table, at + 32),
  };
}

async function readDynamic(read: ReadAt, segment: Segment): Promise<readonly [number, number][]> {
  const table = await exactly(read, segment.offset, segment.sizeBytes);
  if (!table) return [];
  const entries: [number, number][] = [];
  for (let at = 0; at + ENTRY_BYTES <= table.byteLength; at += ENTRY_BYTES) {
    const tag = word(table, at);
    if (tag === TAG.end) break;
    entries.push([tag, word(table, at + 8)]);
  }
  return entries;
}

/** The loader looks at DT_RPATH only where there is no DT_RUNPATH (ld.so(8)). */
function runPathEntries(entries: readonly [number, number][]): readonly [number, number][] {
  const runPath = entries.filter(([tag]) => tag === TAG.runPath);
  const found = runPath.length > 0 ? runPath : entries.filter(([tag]) => tag === TAG.rpath);
  return found.slice(0, 1);
}

async function readNames(
  read: ReadAt,
  strings: number,
  entries: readonly [number, number][],
): Promise<readonly string[] | null> {
  const names: string[] = [];
  for (const [, offset] of entries) {
    const bytes = await slice(read, strings + offset, MAX_NAME_BYTES);
    const end = bytes.indexOf(0);
    if (end < 0) return null;
    names.push(new TextDecoder("latin1").decode(bytes.subarray(0, end)));
  }
  return names;
}

function fileOffset(segments: readonly Segment[], address: number | undefined): number | null {
  if (address === undefined) return null;
  const home = segments.find(
    (segment) =>
      segment.type === SEGMENT_LOAD &&
      address >= segment.address &&
      address < segment.address + segment.sizeBytes,
  );
  return home === undefined ? null : address - home.address + home.offset;
}

async function exactly(read: ReadAt, offset: number, length: number): Promise<DataView | null> {
  const bytes = await slice(read, offset, length);
  return bytes.byteLength === length
    ? new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : null;
}

async function slice(read: ReadAt, offset: number, length: number): Promise<Uint8Array> {
  return Number.isSafeInteger(offset + length) ? read(offset, length) : new Uint8Array(0);
}

function word(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
