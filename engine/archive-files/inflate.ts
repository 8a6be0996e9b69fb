import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createInflateRaw } from "node:zlib";

const OUTPUT = { chunkSize: 1 << 17 };

/** Compressed bytes are followed by others that belong to nothing. */
export class BytesLeftOver extends Error {}

/** Inflates deflated bytes, all of which must belong to one stream of `packedBytes`. */
export async function* inflated(
  packed: AsyncIterable<Buffer>,
  packedBytes: number,
): AsyncGenerator<Buffer, void> {
  const inflate = createInflateRaw(OUTPUT);
  yield* through(packed, inflate);
  if (inflate.bytesWritten !== packedBytes) throw new BytesLeftOver();
}

/** Inflates a gzip file and compares its checksum. */
export function gunzipped(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  return through(packed, createGunzip(OUTPUT));
}

/** Bytes passed through a transform; errors on either side reach the reader. */
export async function* through(
  packed: AsyncIterable<Buffer>,
  transform: Transform,
): AsyncGenerator<Buffer, void> {
  // Errors reach the reader below, so the callback has nothing to do.
  pipeline(Readable.from(packed, { highWaterMark: 1 }), transform, () => {});
  for await (const chunk of transform) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a stream of bytes gave none");
    yield chunk;
  }
}
