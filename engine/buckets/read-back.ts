import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { isChanged, type ObjectPlace } from "./objects.ts";
import { BrokenOff, Retries } from "./retries.ts";

/**
 * An object's bytes, resumed where the connection broke as long as the object is unchanged. Refuses as OBJECT_DIFFERS
 * if it is not, as DOWNLOAD_FAILED if the connection keeps breaking, and as `send` does.
 */
export async function* objectBytes(
  bucket: Bucket,
  place: ObjectPlace,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const read: Read = { bytes: 0, etag: undefined };
  const retries = new Retries(place.key, signal);
  for (;;) {
    const before = read.bytes;
    try {
      yield* readOn(bucket, place, read, signal);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (isChanged(error)) throw differs(bucket, place, "it changed while it was read");
      await retries.waitOrThrow(error, { isFurther: read.bytes > before });
    }
  }
}

/** What has been read of an object so far. */
interface Read {
  bytes: number;
  etag: string | undefined;
}

async function* readOn(
  { client, name }: Bucket,
  { key, versionId }: ObjectPlace,
  read: Read,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { bytes: from, etag } = read;
  const reply = await client.send(
    new GetObjectCommand({
      Bucket: name,
      Key: key,
      ...(versionId !== undefined && { VersionId: versionId }),
      ...(from > 0 && { Range: `bytes=${from}-` }),
      ...(from > 0 && etag !== undefined && { IfMatch: etag }),
    }),
    { what: "reading an object", bucket: name, key },
    { signal },
  );
  read.etag = etag ?? reply.ETag;
  if (!(reply.Body instanceof Readable)) return;
  // A service without range support sends everything.
  let skipped = reply.ContentRange === undefined ? from : 0;
  const end = from - skipped + (reply.ContentLength ?? 0);
  for await (const piece of reply.Body as AsyncIterable<Uint8Array>) {
    const fresh = piece.subarray(Math.min(skipped, piece.length));
    skipped -= piece.length - fresh.length;
    read.bytes += fresh.length;
    if (fresh.length > 0) yield fresh;
  }
  if (read.bytes < end) throw new BrokenOff();
}

function differs({ client, name }: Bucket, { key }: ObjectPlace, reason: string): StudioError {
  return new StudioError("OBJECT_DIFFERS", { host: client.host, bucket: name, key, reason });
}

/** What an object is expected to be. */
export interface Expected {
  readonly key: string;
  readonly sizeBytes: number;
  readonly crc32: number;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: (bytes: number) => void;
}

/** Reads an object back, and refuses as OBJECT_DIFFERS if it is not what was sent. */
export async function compareObject(bucket: Bucket, expected: Expected): Promise<void> {
  const { sizeBytes, signal, onBytes } = expected;
  let [sum, read] = [0, 0];
  for await (const block of objectBytes(bucket, expected, signal)) {
    signal?.throwIfAborted();
    sum = crc32(block, sum);
    read += block.length;
    onBytes?.(block.length);
    if (read > sizeBytes) {
      throw differs(bucket, expected, `it has more than the ${sizeBytes} bytes that were sent`);
    }
  }
  if (read !== sizeBytes) throw differs(bucket, expected, `it has ${read} bytes of ${sizeBytes}`);
  if (sum !== expected.crc32) throw differs(bucket, expected, "its checksum does not match");
}
