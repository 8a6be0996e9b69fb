import { createGzip } from "node:zlib";
import { Header, Pax } from "tar";
import { through } from "./inflate.ts";
import type { StoredFile } from "./zip-writer.ts";

const BLOCK_BYTES = 512;
/** A tar ends with two blocks of zeros; Python's tarfile pads to twenty. */
const RECORD_BYTES = 20 * BLOCK_BYTES;
const EPOCH = new Date(0);

/** A tar.gz of these entries in a folder, as torch-model-archiver makes it. Its length is known only at the end. */
export function tarGz(
  folder: string,
  entries: readonly StoredFile[],
): AsyncGenerator<Buffer, void> {
  return through(tarOf(folder, entries), createGzip());
}

async function* tarOf(folder: string, entries: readonly StoredFile[]): AsyncGenerator<Buffer> {
  let written = 0;
  for (const { path, content } of entries) {
    const { sizeBytes } = content;
    const header = headerOf(`${folder}/${path}`, sizeBytes);
    yield header;
    yield* content.read(0, sizeBytes);
    const filling = Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
    yield filling;
    written += header.length + sizeBytes + filling.length;
  }
  const end = 2 * BLOCK_BYTES;
  yield Buffer.alloc(end + ((RECORD_BYTES - ((written + end) % RECORD_BYTES)) % RECORD_BYTES));
}

/** One block, or more if the path is too long for one. */
function headerOf(path: string, size: number): Buffer {
  const fields = { path, size, mode: 0o644, uid: 0, gid: 0, mtime: EPOCH, type: "File" } as const;
  const block = Buffer.alloc(BLOCK_BYTES);
  const needsPax = new Header(fields).encode(block);
  return needsPax ? Buffer.concat([new Pax({ path, size }).encode(), block]) : block;
}
