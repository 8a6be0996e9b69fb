import {
  DeleteObjectCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { etagOfParts, PartHashes } from "./object-hashes.ts";
import type { ObjectPlace } from "./objects.ts";
import { withPatience } from "./patience.ts";
import { objectBytes } from "./read-back.ts";

/** What an object must be. */
export interface WantedObject {
  readonly sizeBytes: number;
  readonly partBytes: number;
  /** MD5 of every part, hexadecimal. */
  readonly md5s: readonly string[];
  readonly isInParts: boolean;
}

/** `null` names what was written while a bucket kept no versions; not every service that says it knows it. */
function versionIn(versionId: string | undefined): { readonly VersionId?: string } {
  return versionId === undefined || versionId === "null" ? {} : { VersionId: versionId };
}

export async function headObject(
  { client, name }: Bucket,
  { key, versionId }: ObjectPlace,
  signal: AbortSignal,
  partNumber?: number,
): Promise<HeadObjectCommandOutput> {
  return withPatience(signal, () =>
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
 * Holds what a service keeps against what was sent: by size and the ETag that S3 defines, and where that is
 * something else, as some services have it, by reading it back. What differs is deleted, and refused as
 * OBJECT_DIFFERS.
 */
export async function checkObject(
  bucket: Bucket,
  place: ObjectPlace,
  wanted: WantedObject,
  signal: AbortSignal,
): Promise<void> {
  const { ContentLength, ETag } = await headObject(bucket, place, signal);
  const reason =
    ContentLength === wanted.sizeBytes
      ? isEtagOf(ETag, wanted) || (await isSameReadBack(bucket, place, wanted, signal))
        ? undefined
        : "its content is another"
      : `it has ${ContentLength} bytes instead of ${wanted.sizeBytes}`;
  if (reason === undefined) return;
  await deleteObject(bucket, place, signal);
  const { name, client } = bucket;
  throw new StudioError("OBJECT_DIFFERS", {
    host: client.host,
    bucket: name,
    key: place.key,
    reason,
  });
}

function isEtagOf(etag: string | undefined, { md5s, isInParts }: WantedObject): boolean {
  return etag?.replaceAll('"', "") === (isInParts ? etagOfParts(md5s) : md5s[0]);
}

async function isSameReadBack(
  bucket: Bucket,
  place: ObjectPlace,
  { partBytes, md5s }: WantedObject,
  signal: AbortSignal,
): Promise<boolean> {
  const hashes = new PartHashes(partBytes);
  for await (const piece of objectBytes(bucket, place, signal)) {
    signal.throwIfAborted();
    hashes.add(piece);
  }
  return hashes.finish().join() === md5s.join();
}

/** Of a bucket with versions that one alone, where it is known. */
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
