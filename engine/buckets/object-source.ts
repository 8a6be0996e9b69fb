import { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import { systemCode } from "../files/system-error.ts";
import type { Bucket } from "./bucket-client.ts";
import { headObject } from "./check-object.ts";
import { isChanged, type ObjectPlace } from "./objects.ts";
import { BrokenOff, withRetries } from "./retries.ts";

/** Size of a request: a zip's directory is read in steps of a few bytes. */
const BLOCK_BYTES = 1 << 18;

/** 16 MiB in total. */
const KEPT_BLOCKS = 64;

/** Reads an object in pieces; all are of the version that it had when it was opened. */
export interface ObjectSource {
  readonly sizeBytes: number;
  readonly isSeekable: true;
  readonly etag: string | undefined;
  read(start: number, end: number): AsyncGenerator<Buffer, void>;
}

/**
 * Opens an object to read parts of it. Refuses as OBJECT_NOT_FOUND; reading refuses as OBJECT_CHANGED if it was
 * replaced meanwhile, as BUCKET_UNSUPPORTED if the service does not support ranges, and as `send` does.
 */
export async function openObject(
  bucket: Bucket,
  place: ObjectPlace,
  signal: AbortSignal,
): Promise<ObjectSource> {
  const { ContentLength: sizeBytes = 0, ETag: etag } = await headObject(bucket, place, signal);
  const blocks = new Blocks(({ from, to }) =>
    readRange(bucket, { ...place, etag, signal, from, to: Math.min(to, sizeBytes) }),
  );
  return {
    sizeBytes,
    isSeekable: true,
    etag: etag?.replaceAll('"', ""),
    async *read(start, end) {
      const last = Math.min(end, sizeBytes);
      for (let at = start; at < last;) {
        const index = Math.floor(at / BLOCK_BYTES);
        const block = await blocks.get(index);
        const from = at - index * BLOCK_BYTES;
        const piece = block.subarray(from, from + last - at);
        at += piece.length;
        yield piece;
      }
    },
  };
}

/** A small object's content; undefined if there is none that is small enough and readable with these keys. */
export async function readObject(
  bucket: Bucket,
  { maxBytes, ...place }: ObjectPlace & { readonly maxBytes: number },
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  try {
    const source = await openObject(bucket, place, signal);
    if (source.sizeBytes > maxBytes) return undefined;
    return Buffer.concat(await Array.fromAsync(source.read(0, source.sizeBytes)));
  } catch (error) {
    if (error instanceof StudioError && ABSENT.has(error.code)) return undefined;
    throw error;
  }
}

/** Without permission to list, S3 answers 403 for objects that do not exist. */
const ABSENT: ReadonlySet<string> = new Set(["OBJECT_NOT_FOUND", "BUCKET_DENIED"]);

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The latest blocks. */
class Blocks {
  readonly #read: (range: Range) => Promise<Buffer>;
  readonly #kept = new Map<number, Buffer>();

  constructor(read: (range: Range) => Promise<Buffer>) {
    this.#read = read;
  }

  async get(index: number): Promise<Buffer> {
    const from = index * BLOCK_BYTES;
    const block = this.#kept.get(index) ?? (await this.#read({ from, to: from + BLOCK_BYTES }));
    this.#kept.delete(index);
    this.#kept.set(index, block);
    for (const old of [...this.#kept.keys()].slice(0, -KEPT_BLOCKS)) this.#kept.delete(old);
    return block;
  }
}

interface RangeOf extends ObjectPlace, Range {
  readonly etag: string | undefined;
  readonly signal: AbortSignal;
}

async function readRange(bucket: Bucket, range: RangeOf): Promise<Buffer> {
  const { key, signal } = range;
  try {
    return await withRetries(signal, () => askForRange(bucket, range));
  } catch (error) {
    signal.throwIfAborted();
    if (isChanged(error)) throw changed(bucket, key);
    if (error instanceof StudioError) throw error;
    if (!(error instanceof BrokenOff) && systemCode(error) === undefined) throw error;
    const reason = systemCode(error) ?? "the connection broke";
    throw new StudioError("DOWNLOAD_FAILED", { file: key, reason });
  }
}

async function askForRange(
  bucket: Bucket,
  { key, versionId, etag, from, to, signal }: RangeOf,
): Promise<Buffer> {
  const { client, name } = bucket;
  const reply = await client.send(
    new GetObjectCommand({
      Bucket: name,
      Key: key,
      Range: `bytes=${from}-${to - 1}`,
      ...(etag !== undefined && { IfMatch: etag }),
      ...(versionId !== undefined && { VersionId: versionId }),
    }),
    { what: "reading an object", bucket: name, key },
    { signal },
  );
  if (!(reply.Body instanceof Readable)) throw new BrokenOff();
  // Not every service honours If-Match.
  if (reply.ETag !== etag) {
    reply.Body.destroy();
    throw changed(bucket, key);
  }
  if (reply.ContentRange?.startsWith(`bytes ${from}-`) !== true) {
    reply.Body.destroy();
    const what = "it sends objects whole, never a part";
    throw new StudioError("BUCKET_UNSUPPORTED", { host: client.host, what });
  }
  return collect(reply.Body, to - from);
}

async function collect(body: AsyncIterable<Uint8Array>, length: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let missing = length;
  for await (const piece of body) {
    pieces.push(piece.subarray(0, missing));
    missing -= piece.length;
    if (missing <= 0) break;
  }
  if (missing > 0) throw new BrokenOff();
  return Buffer.concat(pieces);
}

function changed({ name }: Bucket, key: string): StudioError {
  return new StudioError("OBJECT_CHANGED", { bucket: name, key });
}
