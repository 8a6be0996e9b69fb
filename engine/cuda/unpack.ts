import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";

import { openPromise, type Entry, type ZipFile } from "yauzl";

import { StudioError } from "../contract/errors.ts";
import { nameOf, type PackagedLibrary } from "./source.ts";

/** An unpacked library on the disk. */
export interface UnpackedLibrary {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What is unpacked, where to, and how a damaged wheel is refused. */
export interface Unpacking {
  readonly archive: string;
  readonly libraries: readonly PackagedLibrary[];
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onLibrary: (name: string) => void;
  readonly damaged: (reason: string) => StudioError;
}

// ONNX Runtime's wheel has about 700 entries; a file with more than this limit is another one.
const MAX_ENTRIES = 4096;
const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER_BYTES = 30;

/**
 * Unpacks the named libraries, and nothing else, into `folder`, under their names in our list. Each must occur exactly
 * once, have the expected size, and match its CRC-32, which yauzl does not check. A wheel is also refused if any name
 * in it leads out of its folder.
 */
export async function unpackLibraries(unpacking: Unpacking): Promise<readonly UnpackedLibrary[]> {
  try {
    return await unpackAll(unpacking);
  } catch (error) {
    throw refusalFor(error, unpacking);
  }
}

async function unpackAll(unpacking: Unpacking): Promise<readonly UnpackedLibrary[]> {
  const options = { autoClose: false, strictFileNames: true, validateEntrySizes: true };
  const archive = await openPromise(unpacking.archive, options);
  try {
    const entries = await wantedEntries(archive, unpacking);
    const placed: UnpackedLibrary[] = [];
    for (const [library, entry] of entries) {
      unpacking.onLibrary(nameOf(library));
      placed.push(await unpackOne(archive, entry, library, unpacking));
    }
    return placed;
  } finally {
    archive.close();
  }
}

async function wantedEntries(archive: ZipFile, { libraries, damaged }: Unpacking) {
  if (archive.entryCount > MAX_ENTRIES) throw damaged(`it has ${archive.entryCount} entries`);
  const found = new Map<string, Entry>();
  for await (const entry of archive.eachEntry()) {
    if (!libraries.some((library) => library.path === entry.fileName)) continue;
    if (found.has(entry.fileName)) throw damaged(`it holds ${entry.fileName} twice`);
    found.set(entry.fileName, entry);
  }
  const wanted = libraries.map((library): [PackagedLibrary, Entry] => {
    const entry = found.get(library.path);
    if (!entry) throw damaged(`it lacks ${library.path}`);
    const fault = faultOf(entry, library);
    if (fault !== null) throw damaged(`${nameOf(library)} ${fault}`);
    return [library, entry];
  });
  if (overlap(wanted.map(([, entry]) => entry))) throw damaged("its libraries overlap");
  return wanted;
}

function faultOf(entry: Entry, { sizeBytes }: PackagedLibrary): string | null {
  if (entry.isEncrypted()) return "is encrypted";
  if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) {
    return `is compressed by method ${entry.compressionMethod}`;
  }
  if (entry.uncompressedSize !== sizeBytes) {
    return `claims ${entry.uncompressedSize} bytes instead of ${sizeBytes}`;
  }
  return null;
}

function overlap(entries: readonly Entry[]): boolean {
  const spans = entries
    .map((entry) => ({ from: entry.relativeOffsetOfLocalHeader, to: spanEnd(entry) }))
    .toSorted((a, b) => a.from - b.from);
  return spans.some(({ from }, index) => from < (spans[index - 1]?.to ?? 0));
}

function spanEnd(entry: Entry): number {
  const header = LOCAL_HEADER_BYTES + entry.fileNameRaw.byteLength;
  return entry.relativeOffsetOfLocalHeader + header + entry.compressedSize;
}

async function unpackOne(
  archive: ZipFile,
  entry: Entry,
  library: PackagedLibrary,
  { folder, signal, damaged }: Unpacking,
): Promise<UnpackedLibrary> {
  const name = nameOf(library);
  const sums = checksums();
  const source = await archive.openReadStreamPromise(entry);
  const target = createWriteStream(join(folder, name), { flags: "wx", mode: 0o644, flush: true });
  await pipeline(source, sums.stream, target, signal ? { signal } : {});
  if (sums.crc32() !== entry.crc32) throw damaged(`${name} does not match its CRC-32`);
  return { name, sizeBytes: entry.uncompressedSize, sha256: sums.sha256() };
}

function checksums() {
  const hash = createHash("sha256");
  let sum = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, crc32: () => sum, sha256: () => hash.digest("hex") };
}

/** An error with a `syscall` is the disk's and is passed on unchanged; any other means that the wheel is damaged. */
function refusalFor(error: unknown, { signal, damaged }: Unpacking): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof StudioError || !(error instanceof Error) || "syscall" in error) return error;
  return damaged(`it is not a sound zip (${error.message})`);
}
