import { createDeflateRaw, crc32 } from "node:zlib";
import { localHeader, zipFrame, type ZipFrame, type ZipRecord } from "../archive/zip-records.ts";
import type { BlockWriter } from "./block-writer.ts";
import { BlockMemory, type ByteSource } from "./byte-source.ts";
import {
  bytesSource,
  joined,
  joinedChecksum,
  type CheckedSource,
  type Checksum,
} from "./checked-source.ts";
import { through } from "./inflate.ts";

/** A file that is stored in a zip. */
export interface StoredFile<Content extends ByteSource = ByteSource> {
  readonly path: string;
  readonly content: Content;
}

/**
 * A zip of these files in this order, with every size before its content. It is generated whenever it is read, from the
 * files themselves: any part can be read separately, and it can itself be stored in another zip.
 */
export function zipSource(files: readonly StoredFile<CheckedSource>[]): CheckedSource {
  const records = files.map(({ path, content }) => storedRecord(path, content));
  const contents = files.map(({ content }) => content);
  return joined(partsOf(zipFrame(records), contents));
}

function storedRecord(path: string, { sizeBytes, crc32: sum }: Checksum): ZipRecord {
  return { path, sizeBytes, packedBytes: sizeBytes, crc32: sum, isDeflated: false };
}

/** A zip's parts in order. */
function partsOf<Content>(
  { headers, end }: ZipFrame,
  contents: readonly Content[],
): (Content | CheckedSource)[] {
  const members = contents.flatMap((content, index) => [
    bytesSource(headers[index] ?? end),
    content,
  ]);
  return [...members, bytesSource(end)];
}

/** A member of a zip that is written. */
export interface ZipMember {
  readonly path: string;
  /** Uncompressed. */
  readonly sizeBytes: number;
  readonly isDeflated: boolean;
  /** Writes its content, and returns the checksums of the content and of what was written. */
  readonly write: (out: BlockWriter) => Promise<Written>;
}

interface Written {
  readonly plain: Checksum;
  readonly packed: Checksum;
}

export function storedMember({ path, content }: StoredFile): ZipMember {
  const { sizeBytes } = content;
  const write = async (out: BlockWriter): Promise<Written> => {
    const sum = new Sum();
    // One block is read while another is written.
    for await (const block of content.read(0, sizeBytes, new BlockMemory(2))) {
      await out.append(block);
      sum.add(block);
    }
    return { plain: sum, packed: sum };
  };
  return { path, sizeBytes, isDeflated: false, write };
}

export function deflatedMember({ path, content }: StoredFile): ZipMember {
  const { sizeBytes } = content;
  const write = async (out: BlockWriter): Promise<Written> => {
    const [plain, packed] = [new Sum(), new Sum()];
    async function* summed(): AsyncGenerator<Buffer> {
      for await (const block of content.read(0, sizeBytes)) {
        plain.add(block);
        yield block;
      }
    }
    for await (const block of through(summed(), createDeflateRaw())) {
      await out.append(block);
      packed.add(block);
    }
    return { plain, packed };
  };
  return { path, sizeBytes, isDeflated: true, write };
}

/** A zip of uncompressed files as a member, itself stored uncompressed. */
export function zipMember(path: string, files: readonly StoredFile[]): ZipMember {
  const sizes = files.map(({ content: { sizeBytes } }) => ({ sizeBytes, crc32: 0 }));
  const records = files.map((file) => storedRecord(file.path, { ...file.content, crc32: 0 }));
  return {
    path,
    sizeBytes: joinedChecksum(partsOf(zipFrame(records), sizes)).sizeBytes,
    isDeflated: false,
    write: async (out) => {
      const sum = await writeZip(out, files.map(storedMember));
      return { plain: sum, packed: sum };
    },
  };
}

/**
 * Writes a zip; if nothing is deflated, byte for byte that of `zipSource`. Each content is read once and written after
 * space for its header, which is filled in when length and checksum are known.
 */
export async function writeZip(out: BlockWriter, members: readonly ZipMember[]): Promise<Checksum> {
  const places: number[] = [];
  const records: ZipRecord[] = [];
  const contents: Checksum[] = [];
  for (const { path, sizeBytes, isDeflated, write } of members) {
    const draft = { path, sizeBytes, packedBytes: sizeBytes, crc32: 0, isDeflated };
    places.push(out.position);
    out.skip(localHeader(draft).length);
    const { plain, packed } = await write(out);
    contents.push(packed);
    records.push({ ...draft, crc32: plain.crc32, packedBytes: packed.sizeBytes });
  }
  const frame = zipFrame(records);
  for (const [index, header] of frame.headers.entries()) {
    await out.writeAt(places[index] ?? 0, header);
  }
  await out.append(frame.end);
  return joinedChecksum(partsOf(frame, contents));
}

/** The checksum of the blocks it is given. */
class Sum implements Checksum {
  sizeBytes = 0;
  crc32 = 0;

  add(block: Uint8Array): void {
    this.sizeBytes += block.length;
    this.crc32 = crc32(block, this.crc32);
  }
}
