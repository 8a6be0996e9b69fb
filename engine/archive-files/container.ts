import { crc32 } from "node:zlib";
import type { Member } from "../archive/member.ts";
import type { PlacedMember } from "../archive/limits.ts";
import { refusal, shown, type ArchiveName } from "../archive/refusals.ts";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";
import { partOf, streamedSource, type ByteSource } from "./byte-source.ts";
import { Cursor, EndOfBytes } from "./cursor.ts";
import { BytesLeftOver, inflated } from "./inflate.ts";

/** A member with its content, which must be read to the end before the next member. */
export interface MemberContent {
  readonly member: Member;
  /** Checked for size and checksum: it ends normally only if both are right. */
  readonly content: AsyncIterable<Buffer>;
}

/** The files in one file or folder. */
export interface Container {
  readonly name: ArchiveName;
  readonly members: readonly Member[];
  /** The members with these paths in the order of the archive, in one pass. */
  walk(paths: ReadonlySet<string>): AsyncGenerator<MemberContent, void>;
  /** One member's bytes as a source; they are not compared with its checksum. */
  sourceOf(path: string): ByteSource;
  /** Whether a member can be reached without reading what precedes it. */
  readonly isSeekable: boolean;
  /** The member's checksum, if the directory contains it. */
  crcOf(path: string): number | undefined;
}

/** A member in the bytes of an archive. */
export interface PackedMember extends PlacedMember {
  /** The offset of its header, or of its content if there is no `readHeader`. */
  readonly offset: number;
  readonly isDeflated: boolean;
  readonly crc32: number | undefined;
}

export interface Packing {
  readonly name: ArchiveName;
  readonly source: ByteSource;
  readonly members: readonly PackedMember[];
  /** Skips and checks what precedes a member's content. */
  readonly readHeader?: (cursor: Cursor, member: PackedMember) => Promise<void>;
}

/** A container for the bytes of an archive. */
export function packedContainer(packing: Packing): Container {
  const { name, members, source } = packing;
  const byPath = new Map(members.map((member) => [member.path, member]));
  const get = (path: string): PackedMember => {
    const member = byPath.get(path);
    if (member === undefined) throw new StudioError("NOT_FOUND", { what: "member", id: path });
    return member;
  };
  return {
    name,
    members,
    isSeekable: source.isSeekable,
    crcOf: (path) => get(path).crc32,
    async *walk(paths) {
      const wanted = members.filter(({ path }) => paths.has(path));
      const cursor = new Cursor(source);
      try {
        for (const member of wanted.toSorted((a, b) => a.offset - b.offset)) {
          yield { member, content: checked(packing, member, contentAt(packing, cursor, member)) };
        }
      } finally {
        await cursor.close();
      }
    },
    sourceOf: (path) => memberSource(packing, get(path)),
  };
}

/** A member that is stored in seekable bytes is read in place; any other from its beginning. */
function memberSource(packing: Packing, member: PackedMember): ByteSource {
  const { source } = packing;
  if (member.isDeflated || !source.isSeekable) {
    return streamedSource(member.sizeBytes, async function* () {
      const cursor = new Cursor(source);
      try {
        yield* checked(packing, member, contentAt(packing, cursor, member));
      } finally {
        await cursor.close();
      }
    });
  }
  return {
    sizeBytes: member.sizeBytes,
    isSeekable: true,
    async *read(start, end) {
      const cursor = new Cursor(source);
      try {
        await refusing(packing, member, async () => goTo(packing, cursor, member));
      } finally {
        await cursor.close();
      }
      yield* partOf(source, cursor.position, member.sizeBytes).read(start, end);
    },
  };
}

async function goTo({ readHeader }: Packing, cursor: Cursor, member: PackedMember): Promise<void> {
  await cursor.seek(member.offset);
  await readHeader?.(cursor, member);
}

async function* contentAt(
  packing: Packing,
  cursor: Cursor,
  member: PackedMember,
): AsyncGenerator<Buffer, void> {
  await goTo(packing, cursor, member);
  const packed = cursor.take(member.packedBytes);
  yield* member.isDeflated ? inflated(packed, member.packedBytes) : packed;
}

/** Compares size and checksum, and turns every error into a refusal. */
async function* checked(
  packing: Packing,
  member: PackedMember,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer, void> {
  const { sizeBytes, crc32: wanted } = member;
  const damaged = damageOf(packing, member);
  let [size, sum] = [0, 0];
  try {
    for await (const chunk of content) {
      size += chunk.length;
      if (size > sizeBytes) throw damaged(`is larger than the ${sizeBytes} bytes it claims`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    throw inWords(error, damaged);
  }
  if (size < sizeBytes) throw damaged(`has ${size} bytes, not the ${sizeBytes} it claims`);
  if (wanted !== undefined && sum !== wanted) throw damaged("does not match its checksum (CRC-32)");
}

async function refusing<T>(
  packing: Packing,
  member: PackedMember,
  work: () => Promise<T>,
): Promise<T> {
  return work().catch((error: unknown) => {
    throw inWords(error, damageOf(packing, member));
  });
}

function damageOf({ name }: Packing, { path }: PackedMember): (reason: string) => Error {
  return (reason) => refusal("ARCHIVE_DAMAGED", name, `its member ${shown(path)} ${reason}`);
}

/** zlib's own errors mean that the bytes are not valid deflate data. */
function inWords(error: unknown, damaged: (reason: string) => Error): unknown {
  if (error instanceof EndOfBytes) return damaged("is cut short");
  if (error instanceof BytesLeftOver) return damaged("has bytes after its end");
  return systemCode(error)?.startsWith("Z_") === true ? damaged("cannot be unpacked") : error;
}
