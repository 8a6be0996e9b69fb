import {
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { hasherFor, SharedBlocks } from "./hasher.ts";
import { etagOfParts, type Digests } from "./object-hashes.ts";
import type { ObjectPlace } from "./objects.ts";
import { withRetries } from "./retries.ts";
import { objectBytes } from "./read-back.ts";
import type { UploadSource } from "./sent-bytes.ts";

/** What an object is expected to be. */
export interface WantedObject {
  readonly source: UploadSource;
  readonly partBytes: number;
  /** MD5 of every part, hexadecimal. */
  readonly md5s: readonly string[];
  readonly isInParts: boolean;
  /** Whether the caller reads it back anyway, so that an inconclusive ETag is enough here. */
  readonly isReadBack?: boolean | undefined;
}

/** `null` is the version written before a bucket kept versions; not every service that returns it accepts it. */
function versionIn(versionId: string | undefined): { readonly VersionId?: string } {
  return versionId === undefined || versionId === "null" ? {} : { VersionId: versionId };
}

export async function headObject(
  { client, name }: Bucket,
  { key, versionId }: ObjectPlace,
  signal: AbortSignal,
  partNumber?: number,
): Promise<HeadObjectCommandOutput> {
  return withRetries(signal, () =>
    client.send(
      new HeadObjectCommand({
        Bucket: name,
        Key: key,
        ...versionIn(versionId),
        ...(partNumber !== undefined && { PartNumber: partNumber }),
        ...(partNumber === undefined && { ChecksumMode: "ENABLED" }),
      }),
      { what: "looking at an object", bucket: name, key },
      { signal },
    ),
  );
}

/**
 * Compares a stored object with what was sent, by size and the ETag that S3 defines. If the ETag is an MD5 of the
 * whole, as some services give even for multipart uploads, the source is read again; if it is anything else, the object
 * is read back. A different object is deleted and refused as OBJECT_DIFFERS.
 */
export async function checkObject(
  bucket: Bucket,
  place: ObjectPlace,
  wanted: WantedObject,
  signal: AbortSignal,
): Promise<void> {
  const { ContentLength, ETag = "" } = await headObject(bucket, place, signal);
  const { sizeBytes } = wanted.source;
  const isOfSize = ContentLength === sizeBytes;
  if (isOfSize && isEtagOf(ETag, wanted)) return;
  if (isOfSize && wanted.isReadBack === true && !isOfForm(ETag, wanted)) return;
  if (isOfSize && (await isSame(bucket, place, { ...wanted, etag: ETag }, signal))) return;
  await deleteObject(bucket, place, signal);
  const { name, client } = bucket;
  const reason = isOfSize
    ? "its content does not match"
    : `it has ${ContentLength} bytes instead of ${sizeBytes}`;
  throw new StudioError("OBJECT_DIFFERS", {
    host: client.host,
    bucket: name,
    key: place.key,
    reason,
  });
}

function isEtagOf(etag: string, { md5s, isInParts }: WantedObject): boolean {
  return etag.replaceAll('"', "") === (isInParts ? etagOfParts(md5s) : md5s[0]);
}

/** Whether an ETag has the form that S3 defines; only then does a different value mean different content. */
function isOfForm(etag: string, { isInParts }: WantedObject): boolean {
  return isInParts ? /-\d+"?$/.test(etag) : MD5.test(etag);
}

const MD5 = /^"?([\da-f]{32})"?$/;

async function isSame(
  bucket: Bucket,
  place: ObjectPlace,
  { source, partBytes, md5s, isInParts, etag }: WantedObject & { readonly etag: string },
  signal: AbortSignal,
): Promise<boolean> {
  const whole = isInParts ? MD5.exec(etag)?.[1] : undefined;
  const { sizeBytes } = source;
  if (whole !== undefined) {
    const [found] = await md5sOf(source.open(0), { sizeBytes, partBytes: Infinity }, signal);
    if (found?.md5 === whole) return true;
  }
  const there = await md5sOf(objectBytes(bucket, place, signal), { sizeBytes, partBytes }, signal);
  return there.map(({ md5 }) => md5).join() === md5s.join();
}

async function md5sOf(
  pieces: AsyncIterable<Uint8Array>,
  { sizeBytes, partBytes }: { readonly sizeBytes: number; readonly partBytes: number },
  signal: AbortSignal,
): Promise<readonly Digests[]> {
  await using hasher = hasherFor(sizeBytes);
  hasher.begin({ algorithms: ["md5"], partBytes });
  const blocks = new SharedBlocks((block) => hasher.add(block));
  for await (const piece of pieces) {
    signal.throwIfAborted();
    await blocks.add(piece);
  }
  await blocks.flush();
  // Awaited here, since the hasher is disposed of at the end of this block.
  return await hasher.finish();
}

/** Deletes only this version, if it is known. */
async function deleteObject(
  { client, name }: Bucket,
  { key, versionId }: ObjectPlace,
  signal: AbortSignal,
): Promise<void> {
  await client.send(
    new DeleteObjectCommand({ Bucket: name, Key: key, ...versionIn(versionId) }),
    { what: "deleting objects", bucket: name, key },
    { signal },
  );
}
