import { Header, Pax } from "tar";
import { checkMembers, MAX_MEMBERS, tooMany } from "../archive/limits.ts";
import { memberPath } from "../archive/member-path.ts";
import { refusal, shown, type ArchiveName } from "../archive/refusals.ts";
import { StudioError } from "../contract/errors.ts";
import { isSystemError, systemCode } from "../files/system-error.ts";
import { streamedSource, type ByteSource } from "./byte-source.ts";
import { packedContainer, type Container, type PackedMember } from "./container.ts";
import { Cursor, EndOfBytes } from "./cursor.ts";
import { gunzipped } from "./inflate.ts";

const BLOCK_BYTES = 512;
/** For a header that describes the next one: a path, or a few numbers. */
const MAX_META_BYTES = 1 << 16;
/** A model hardly compresses; unpacked it can have this many times the file's size, plus 16 MB. */
const MAX_RATIO = 3;
const ANY_BYTES = 1 << 24;

/** Opens a tar.gz by reading it once, since it has no directory. */
export async function openTarGz(file: ByteSource, name: ArchiveName): Promise<Container> {
  const most = ANY_BYTES + MAX_RATIO * file.sizeBytes;
  const source = streamedSource(most, () => limited(file, most, name));
  const members = withoutRoot(await readHeaders(source, name), name);
  checkMembers(members, { file: name, sizeBytes: most });
  return packedContainer({ name, source, members });
}

async function* limited(
  file: ByteSource,
  most: number,
  name: ArchiveName,
): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  try {
    for await (const chunk of gunzipped(file.read(0, file.sizeBytes))) {
      bytes += chunk.length;
      if (bytes > most) {
        const reason = `it unpacks to more than ${MAX_RATIO} times its size`;
        throw refusal("ARCHIVE_TOO_LARGE", name, reason);
      }
      yield chunk;
    }
  } catch (error) {
    if (isSystemError(error, "Z_BUF_ERROR")) {
      throw refusal("ARCHIVE_DAMAGED", name, "it is cut short");
    }
    if (systemCode(error)?.startsWith("Z_") !== true) throw error;
    throw refusal("ARCHIVE_DAMAGED", name, "it cannot be unpacked (gzip)");
  }
}

/** What a header says about the next one. */
interface Meta {
  readonly path?: string;
  readonly size?: number;
}

async function readHeaders(
  source: ByteSource,
  name: ArchiveName,
): Promise<readonly PackedMember[]> {
  const cursor = new Cursor(source);
  const members: PackedMember[] = [];
  try {
    for await (const { header, offset } of headersOf(cursor, name)) {
      const member = memberOf(header, offset, name);
      if (member !== undefined) members.push(member);
      if (members.length > MAX_MEMBERS) throw tooMany(members.length, name);
    }
    // A tar has no checksums of its files: the gzip's checksum is at the end.
    while ((await cursor.some(Infinity)) !== undefined);
    return members;
  } catch (error) {
    if (!(error instanceof EndOfBytes)) throw error;
    throw refusal("ARCHIVE_DAMAGED", name, "it is cut short");
  } finally {
    await cursor.close();
  }
}

/** Headers of members, combined with the headers that describe them, and the offsets of their contents. */
async function* headersOf(
  cursor: Cursor,
  name: ArchiveName,
): AsyncGenerator<{ readonly header: TarHeader; readonly offset: number }, void> {
  let meta: Meta = {};
  for (;;) {
    const read = await readHeader(cursor, name);
    if (read === undefined) return;
    if (META.has(read.type)) {
      meta = merged(meta, await readMeta(cursor, read, name));
      continue;
    }
    const header = sound({ ...read, ...meta }, name);
    meta = {};
    yield { header, offset: cursor.position };
    await skip(cursor, header.size);
  }
}

function merged(before: Meta, next: Meta): Meta {
  return { ...before, ...next };
}

interface TarHeader {
  readonly type: string;
  readonly path: string;
  readonly size: number;
}

/** Pax and GNU headers that describe the next one. */
const META: ReadonlySet<string> = new Set([
  "ExtendedHeader",
  "GlobalExtendedHeader",
  "NextFileHasLongPath",
  "OldGnuLongPath",
]);

/** Undefined at the end, which is a block of zeros. */
async function readHeader(cursor: Cursor, name: ArchiveName): Promise<TarHeader | undefined> {
  const block = await cursor.read(BLOCK_BYTES);
  if (block.every((byte) => byte === 0)) return undefined;
  const { cksumValid, type, path = "", size = 0 } = new Header(block);
  if (!cksumValid)
    throw refusal("ARCHIVE_DAMAGED", name, "it is not a tar, or a header is damaged");
  return sound({ type, path, size }, name);
}

function sound(header: TarHeader, name: ArchiveName): TarHeader {
  const { path, size } = header;
  if (Number.isSafeInteger(size) && size >= 0) return header;
  throw refusal("ARCHIVE_DAMAGED", name, `its member ${shown(path)} claims an impossible size`);
}

async function readMeta(
  cursor: Cursor,
  { type, size }: TarHeader,
  name: ArchiveName,
): Promise<Meta> {
  if (size > MAX_META_BYTES) {
    throw refusal("ARCHIVE_TOO_LARGE", name, `one of its headers has ${size} bytes`);
  }
  const text = (await cursor.read(size)).toString("utf8");
  await skip(cursor, size, size);
  if (!type.endsWith("ExtendedHeader")) return { path: text.replace(/\0.*$/s, "") };
  // Size and path of one member; nothing in a global header is needed.
  if (type === "GlobalExtendedHeader") return {};
  const { path, size: long } = Pax.parse(text, undefined, false);
  return { ...(path !== undefined && { path }), ...(long !== undefined && { size: long }) };
}

/** Skips content and the padding of its last block; `done` bytes have been read already. */
async function skip(cursor: Cursor, size: number, done = 0): Promise<void> {
  const padded = Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  await cursor.seek(cursor.position + padded - done);
}

function memberOf(
  { type, path, size }: TarHeader,
  offset: number,
  file: ArchiveName,
): PackedMember | undefined {
  const safe = memberPath(path, file);
  if (type === "Directory" || type === "GNUDumpDir") return undefined;
  if (type !== "File" && type !== "OldFile" && type !== "ContiguousFile") {
    const what = /Link/.test(type) ? "a link" : "not an ordinary file";
    throw refusal("ARCHIVE_UNSAFE", file, `its member ${shown(safe)} is ${what}`);
  }
  return {
    path: safe,
    sizeBytes: size,
    packedBytes: size,
    isDeflated: false,
    crc32: undefined,
    offset,
    span: { from: offset, to: offset + size },
  };
}

/** The archiver puts everything into one folder, whose name TorchServe drops. */
function withoutRoot(members: readonly PackedMember[], file: ArchiveName): readonly PackedMember[] {
  const roots = new Set(members.map(({ path }) => path.split("/")[0] ?? ""));
  if (members.every(({ path }) => path.includes("/")) && roots.size === 1) {
    return members.map((member) => ({ ...member, path: member.path.replace(/^[^/]+\//, "") }));
  }
  if (members.length === 0)
    throw new StudioError("ARCHIVE_DAMAGED", { file, reason: "it is empty" });
  return members;
}
