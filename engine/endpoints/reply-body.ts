import type { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { StudioError } from "../contract/errors.ts";
import { MAX_REPLY_BYTES } from "../kserve/client/endpoint-reply.ts";
import { quote } from "../kserve/wire/message-fault.ts";
import { systemCode } from "../files/system-error.ts";

/** Decoders for compression that a server uses although asked not to. */
const DECODERS: Readonly<Record<string, () => NodeJS.ReadWriteStream & Readable>> = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/**
 * The decompressed body of a reply. The limit applies to the decompressed size: a few kilobytes can become gigabytes.
 * Refuses as ENDPOINT_REPLY_TOO_LARGE above `maxBytes`.
 */
export async function readBody(
  stream: Readable,
  coding = "identity",
  maxBytes = MAX_REPLY_BYTES,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of decoded(stream, coding.trim().toLowerCase())) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) {
        const reason = `it has more than ${maxBytes >> 20} MiB`;
        throw new StudioError("ENDPOINT_REPLY_TOO_LARGE", { reason });
      }
      chunks.push(chunk);
    }
  } finally {
    // A stream that is cut off emits an error, which is of no interest.
    stream.on("error", () => {});
    stream.destroy();
  }
  // With its own buffer, so that it can be transferred to another thread.
  const body = new Uint8Array(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}

async function* decoded(stream: Readable, coding: string): AsyncGenerator<Uint8Array> {
  if (coding === "identity" || coding === "") {
    yield* stream;
    return;
  }
  const decoder = DECODERS[coding]?.();
  if (decoder === undefined) {
    const reason = `it is compressed as ${quote(coding)}, though it was asked not to be`;
    throw new StudioError("ENDPOINT_REPLY_INVALID", { reason });
  }
  stream.on("error", (error) => decoder.destroy(error));
  try {
    yield* stream.pipe(decoder);
  } catch (error) {
    // zlib's errors are the server's fault; those of the connection are passed on.
    if (!/^Z_|^ERR_/.test(systemCode(error) ?? "")) throw error;
    throw new StudioError("ENDPOINT_REPLY_BROKEN", { reason: "its compression is damaged" });
  } finally {
    decoder.destroy();
  }
}
