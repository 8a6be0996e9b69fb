import { createHash } from "node:crypto";
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { incompleteUploads } from "./incomplete-uploads.ts";

/** Bytes of which any part can be read alone, and again. */
export interface UploadSource {
  readonly sizeBytes: number;
  read(start: number, end: number): AsyncIterable<Buffer>;
}

export interface Upload {
  readonly key: string;
  readonly source: UploadSource;
  readonly signal?: AbortSignal | undefined;
  /** Told of bytes that the service has, those of an earlier run among them. */
  readonly onBytes?: (bytes: number) => void;
  /** Told which upload is to be aborted where all of this is given up. */
  readonly onBegun?: (uploadId: string) => void;
  /** Bytes of a part; S3 takes none below 5 MiB, but for the last. */
  readonly partBytes?: number;
}

const PART_BYTES = 64 << 20;
/** Parts on their way at once: their bytes are in memory. */
const PARALLEL = 4;
/** S3 takes no more parts than that. */
const MAX_PARTS = 10_000;

interface Part {
  readonly PartNumber: number;
  readonly ETag: string;
}

/**
 * Puts a source into a bucket, in parts where it is large. What an earlier run left of the same key goes
 * on: a part that the service has, by length and by the checksum in its ETag, is not sent again.
 */
export async function uploadSource(bucket: Bucket, upload: Upload): Promise<void> {
  const { source, partBytes = PART_BYTES } = upload;
  if (source.sizeBytes <= partBytes) await putWhole(bucket, upload);
  else await putParts(bucket, upload, Math.max(partBytes, Math.ceil(source.sizeBytes / MAX_PARTS)));
}

async function putWhole({ client, name }: Bucket, upload: Upload): Promise<void> {
  const { key, source, signal, onBytes } = upload;
  const body = await bytesOf(source, 0, source.sizeBytes);
  await client.send(
    new PutObjectCommand({ Bucket: name, Key: key, Body: body, ContentLength: body.length }),
    { what: "writing an object", bucket: name, key },
    { signal, replyMs: 0 },
  );
  onBytes?.(body.length);
}

async function putParts(bucket: Bucket, upload: Upload, partBytes: number): Promise<void> {
  const { client, name } = bucket;
  const { key, source, signal, onBegun } = upload;
  const asked = { what: "writing an object in parts", bucket: name, key };
  const { uploadId, there } = (await begunUpload(bucket, upload)) ?? {
    uploadId: await beginUpload(bucket, upload),
    there: new Map<number, PartThere>(),
  };
  onBegun?.(uploadId);
  const parts: Part[] = [];
  const numbers = Array.from(
    { length: Math.ceil(source.sizeBytes / partBytes) },
    (_, index) => index + 1,
  ).values();
  const failed = new AbortController();
  const ends = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  const work = async (): Promise<void> => {
    for (const number of numbers) {
      parts.push(
        await putPart(bucket, { ...upload, signal: ends }, { uploadId, number, partBytes, there }),
      );
    }
  };
  const workers = Array.from({ length: PARALLEL }, async () =>
    work().catch((error: unknown) => {
      failed.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  const rejected = ended.find(({ status }) => status === "rejected");
  if (rejected?.status === "rejected") throw signal?.aborted ? signal.reason : rejected.reason;
  const inOrder = parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
  const whole = { Bucket: name, Key: key, UploadId: uploadId, MultipartUpload: { Parts: inOrder } };
  await client.send(new CompleteMultipartUploadCommand(whole), asked, { signal, replyMs: 0 });
}

async function beginUpload({ client, name }: Bucket, { key, signal }: Upload): Promise<string> {
  const asked = { what: "writing an object in parts", bucket: name, key };
  const command = new CreateMultipartUploadCommand({ Bucket: name, Key: key });
  const { UploadId } = await client.send(command, asked, { signal });
  if (UploadId !== undefined) return UploadId;
  const reason = "it begins an upload and does not say which";
  throw new StudioError("BUCKET_REPLY_INVALID", { host: client.host, reason });
}

interface PartThere {
  readonly sizeBytes: number;
  readonly etag: string;
}

/** The newest upload of this key that nobody ended, with its parts; none where the service does not list them. */
async function begunUpload(
  bucket: Bucket,
  { key, signal }: Upload,
): Promise<{ uploadId: string; there: ReadonlyMap<number, PartThere> } | undefined> {
  try {
    const all = await incompleteUploads(bucket, key, signal);
    const [newest] = all
      .filter((one) => one.key === key)
      .toSorted((a, b) => (b.startedAt ?? "").localeCompare(a.startedAt ?? ""));
    if (newest === undefined) return undefined;
    const { uploadId } = newest;
    return { uploadId, there: await partsThere(bucket, { key, uploadId, signal }) };
  } catch (error) {
    if (!(error instanceof StudioError) || signal?.aborted === true) throw error;
    return undefined;
  }
}

async function partsThere(
  { client, name }: Bucket,
  { key, uploadId, signal }: Pick<Upload, "key" | "signal"> & { readonly uploadId: string },
): Promise<ReadonlyMap<number, PartThere>> {
  const there = new Map<number, PartThere>();
  const asked = { what: "listing parts", bucket: name, key };
  let after: string | undefined;
  for (;;) {
    const one = { Bucket: name, Key: key, UploadId: uploadId, PartNumberMarker: after };
    const reply = await client.send(new ListPartsCommand(one), asked, { signal });
    for (const { PartNumber = 0, Size = 0, ETag = "" } of reply.Parts ?? []) {
      there.set(PartNumber, { sizeBytes: Size, etag: ETag });
    }
    const { NextPartNumberMarker: next } = reply;
    if (reply.IsTruncated !== true || next === after) return there;
    after = next;
  }
}

async function putPart(
  { client, name }: Bucket,
  { key, source, signal, onBytes }: Upload,
  part: {
    readonly uploadId: string;
    readonly number: number;
    readonly partBytes: number;
    readonly there: ReadonlyMap<number, PartThere>;
  },
): Promise<Part> {
  const { uploadId, number, partBytes, there } = part;
  const start = (number - 1) * partBytes;
  const body = await bytesOf(source, start, Math.min(start + partBytes, source.sizeBytes));
  signal?.throwIfAborted();
  const known = there.get(number);
  const sum = createHash("md5").update(body).digest("hex");
  if (known?.sizeBytes === body.length && known.etag.replaceAll('"', "") === sum) {
    onBytes?.(body.length);
    return { PartNumber: number, ETag: known.etag };
  }
  const { ETag = "" } = await client.send(
    new UploadPartCommand({
      Bucket: name,
      Key: key,
      UploadId: uploadId,
      PartNumber: number,
      Body: body,
      ContentLength: body.length,
    }),
    { what: "writing a part of an object", bucket: name, key },
    { signal, replyMs: 0 },
  );
  onBytes?.(body.length);
  return { PartNumber: number, ETag };
}

async function bytesOf(source: UploadSource, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let at = 0;
  for await (const block of source.read(start, end)) at += block.copy(bytes, at);
  return bytes.subarray(0, at);
}
