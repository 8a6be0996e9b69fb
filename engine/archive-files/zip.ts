import { Readable } from "node:stream";
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry } from "yauzl";
import { checkMembers, MAX_MEMBERS, tooMany } from "../archive/limits.ts";
import { memberPath } from "../archive/member-path.ts";
import { refusal, shown, type ArchiveName } from "../archive/refusals.ts";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";
import { readBytes, type ByteSource } from "./byte-source.ts";
import { packedContainer, type Container, type PackedMember } from "./container.ts";
import type { Cursor } from "./cursor.ts";

const STORED = 0;
const DEFLATED = 8;
const LOCAL_HEADER_BYTES = 30;
const LOCAL_SIGNATURE = 0x04034b50;
const ENCRYPTED = 1;
/** Size and checksum follow the content. */
const HAS_DESCRIPTOR = 8;
const IS_UTF8 = 0x800;
/** APPNOTE 4.4.2.2: attributes are UNIX', with the mode in the upper half. */
const UNIX = 3;
const FILE_TYPE = 0o170000;
/** If a zip can only be read from its beginning, its directory must be within this many last bytes. */
const TAIL_BYTES = 8 << 20;

interface ZipMember extends PackedMember {
  readonly rawName: Buffer;
  readonly hasDescriptor: boolean;
}

/** Opens a source as a zip. Refuses, by its directory alone, what is damaged, unsafe or too large. */
export async function openZip(source: ByteSource, name: ArchiveName): Promise<Container> {
  const members = await readDirectory(source, name);
  checkMembers(members, { file: name, sizeBytes: source.sizeBytes });
  const byOffset = new Map(members.map((member) => [member.offset, member]));
  return packedContainer({
    name,
    source,
    members,
    readHeader: async (cursor, { offset }) => {
      const member = byOffset.get(offset);
      if (member !== undefined) await readLocalHeader(cursor, member, name);
    },
  });
}

async function readDirectory(source: ByteSource, name: ArchiveName): Promise<readonly ZipMember[]> {
  const reader = new DirectoryReader(source.isSeekable ? source : await tailOf(source));
  try {
    const options = { autoClose: false, decodeStrings: false, validateEntrySizes: true };
    const zip = await fromRandomAccessReaderPromise(reader, source.sizeBytes, options);
    if (zip.entryCount > MAX_MEMBERS) throw tooMany(zip.entryCount, name);
    const members: ZipMember[] = [];
    for await (const entry of zip.eachEntry()) {
      const member = memberOf(entry, name);
      if (!member.path.endsWith("/")) members.push(member);
    }
    return members;
  } catch (error) {
    if (error instanceof StudioError || !(error instanceof Error)) throw error;
    if (systemCode(error) !== undefined) throw error;
    throw refusal("ARCHIVE_DAMAGED", name, await damageInWords(error, source));
  }
}

function memberOf(entry: Entry, file: ArchiveName): ZipMember {
  const path = memberPath(nameOf(entry, file), file);
  const { compressionMethod: method, generalPurposeBitFlag: flags } = entry;
  const damaged = (what: string): Error =>
    refusal("ARCHIVE_DAMAGED", file, `its member ${shown(path)} ${what}`);
  refuseSpecial(entry, path, file);
  if ((flags & ENCRYPTED) !== 0) throw damaged("is encrypted");
  if (method !== STORED && method !== DEFLATED) {
    throw damaged(`is compressed by method ${method}, which TorchServe does not read either`);
  }
  if (path.endsWith("/") && entry.uncompressedSize > 0) throw damaged("is a folder with content");
  const offset = entry.relativeOffsetOfLocalHeader;
  const header = LOCAL_HEADER_BYTES + entry.fileNameRaw.length;
  return {
    path,
    sizeBytes: entry.uncompressedSize,
    packedBytes: entry.compressedSize,
    isDeflated: method === DEFLATED,
    crc32: entry.crc32,
    offset,
    span: { from: offset, to: offset + header + entry.compressedSize },
    trouble: troubleOf(entry),
    rawName: entry.fileNameRaw,
    hasDescriptor: (flags & HAS_DESCRIPTOR) !== 0,
  };
}

function troubleOf(entry: Entry): ZipMember["trouble"] {
  const { compressionMethod: method, generalPurposeBitFlag: flags, fileNameRaw } = entry;
  if (fileNameRaw.includes("\\")) return "backslashes";
  return method === STORED && (flags & HAS_DESCRIPTOR) !== 0 ? "descriptor" : undefined;
}

/** A name is UTF-8 if it says so; otherwise only ASCII can be interpreted. */
function nameOf({ fileNameRaw, generalPurposeBitFlag: flags }: Entry, file: ArchiveName): string {
  if ((flags & IS_UTF8) === 0) return fileNameRaw.toString("latin1");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(fileNameRaw);
  } catch {
    const reason = `its member ${shown(fileNameRaw.toString("latin1"))} has a name that is not UTF-8`;
    throw refusal("ARCHIVE_DAMAGED", file, reason);
  }
}

function refuseSpecial(entry: Entry, path: string, file: ArchiveName): void {
  if (entry.versionMadeBy >> 8 !== UNIX) return;
  const type = (entry.externalFileAttributes >>> 16) & FILE_TYPE;
  if (type === 0 || type === 0o100000 || type === 0o040000) return;
  const what = type === 0o120000 ? "a link" : "not an ordinary file";
  throw refusal("ARCHIVE_UNSAFE", file, `its member ${shown(path)} is ${what}`);
}

/** TorchServe reads these headers instead of the directory: both must agree. */
async function readLocalHeader(
  cursor: Cursor,
  member: ZipMember,
  file: ArchiveName,
): Promise<void> {
  const disagrees = (): Error => {
    const reason = `its member ${shown(member.path)} is described differently in two places`;
    return refusal("ARCHIVE_DAMAGED", file, reason);
  };
  const header = await cursor.read(LOCAL_HEADER_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw disagrees();
  const name = await cursor.read(header.readUInt16LE(26));
  const method = header.readUInt16LE(8);
  if (!name.equals(member.rawName) || (method === DEFLATED) !== member.isDeflated) {
    throw disagrees();
  }
  const sizes = [header.readUInt32LE(18), header.readUInt32LE(22)];
  const wanted = [member.packedBytes, member.sizeBytes];
  // With zip64 the sizes are in the extra field.
  const isSame = sizes.every((size, index) => size === 0xffffffff || size === wanted[index]);
  if (!member.hasDescriptor && !isSame) throw disagrees();
  await cursor.read(header.readUInt16LE(28));
}

/** yauzl asks for a few bytes at a time, and refuses if it gets fewer. */
class DirectoryReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    // An offset can be any 64-bit number.
    const isInside = end <= this.#source.sizeBytes;
    return Readable.from(isInside ? this.#source.read(start, end) : []);
  }
}

/** The last bytes of a source, at their original offsets. */
async function tailOf(source: ByteSource): Promise<ByteSource> {
  const blocks: Buffer[] = [];
  let kept = 0;
  for await (const block of source.read(0, source.sizeBytes)) {
    blocks.push(Buffer.from(block));
    kept += block.length;
    while (kept - (blocks[0]?.length ?? 0) >= TAIL_BYTES) kept -= blocks.shift()?.length ?? 0;
  }
  const tail = Buffer.concat(blocks);
  const begin = source.sizeBytes - tail.length;
  return {
    sizeBytes: source.sizeBytes,
    isSeekable: true,
    async *read(start, end) {
      if (start < begin) throw new Error("directory too far from the end");
      yield tail.subarray(start - begin, end - begin);
    },
  };
}

/** yauzl's messages, https://github.com/thejoshwolfe/yauzl/blob/3.4.0/index.js, in plain words. */
const DAMAGES: readonly (readonly [RegExp, string])[] = [
  [/^Invalid comment length/, "bytes follow its end"],
  [/multi-disk/, "it is one part of several"],
  [/strong encryption/, "it is encrypted"],
  [/directory too far/, "its directory is not at its end"],
  [/mismatch for stored file/, "a stored member claims two sizes"],
  [/extra field|zip64|central directory|not enough bytes/, "its directory is damaged"],
];

async function damageInWords(error: Error, source: ByteSource): Promise<string> {
  if (!error.message.startsWith("End of central directory")) {
    return DAMAGES.find(([message]) => message.test(error.message))?.[1] ?? "it cannot be read";
  }
  const first = await readBytes(source, 0, 4);
  const isBegun = first.length === 4 && first.readUInt32LE(0) === LOCAL_SIGNATURE;
  return isBegun ? "it is cut short: the directory at its end is missing" : "it is not a zip";
}
