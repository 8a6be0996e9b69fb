import {
  CopyObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type HeadObjectCommandOutput,
} from "@aws-sdk/client-s3";
import type { z } from "zod";
import type { objectVersionSchema, ObjectDetails } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { decoderFor } from "./listed-names.ts";
import { isoOf } from "./listing.ts";

type ObjectVersion = z.output<typeof objectVersionSchema>;

/** An object, optionally at a version. */
export interface ObjectPlace {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** Whether an error says that the object changed during an operation. */
export function isChanged(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false;
  return error.code === "BUCKET_REFUSED" && error.details["reason"] === "PreconditionFailed";
}

/** Everything the service says about an object without sending it. Refuses as OBJECT_NOT_FOUND. */
export async function objectDetails(
  bucket: Bucket,
  { key, versionId }: ObjectPlace,
  signal?: AbortSignal,
): Promise<ObjectDetails> {
  const { client, name } = bucket;
  const head = await client.send(
    new HeadObjectCommand({
      Bucket: name,
      Key: key,
      ChecksumMode: "ENABLED",
      ...(versionId !== undefined && { VersionId: versionId }),
    }),
    { what: "looking at an object", bucket: name, key },
    { signal },
  );
  const versions = bucket.isVersioned === false ? [] : await versionsOf(bucket, key, signal);
  return {
    key,
    name: key.slice(key.lastIndexOf("/", key.length - 2) + 1),
    bytes: head.ContentLength ?? 0,
    modifiedAt: isoOf(head.LastModified),
    etag: head.ETag?.replaceAll('"', ""),
    storageClass: head.StorageClass,
    contentType: head.ContentType,
    checksum: checksumIn(head),
    versionId: head.VersionId,
    metadata: head.Metadata ?? {},
    versions,
  };
}

/** The strongest checksum that the service has, as `NAME:VALUE` in base64. */
function checksumIn(head: HeadObjectCommandOutput): string | undefined {
  const kept = [
    ["sha256", head.ChecksumSHA256],
    ["sha1", head.ChecksumSHA1],
    ["crc64nvme", head.ChecksumCRC64NVME],
    ["crc32c", head.ChecksumCRC32C],
    ["crc32", head.ChecksumCRC32],
  ].find(([, value]) => value !== undefined);
  return kept?.join(":");
}

/** Empty if the bucket keeps none, or the keys do not allow listing them. */
async function versionsOf(
  bucket: Bucket,
  key: string,
  signal?: AbortSignal,
): Promise<ObjectVersion[]> {
  const { client, name } = bucket;
  const command = new ListObjectVersionsCommand({ Bucket: name, Prefix: key, EncodingType: "url" });
  const asked = { what: "listing versions", bucket: name, key };
  const reply = await client.send(command, asked, { signal }).catch(() => {
    signal?.throwIfAborted();
    return undefined;
  });
  if (reply === undefined) return [];
  const decode = decoderFor(bucket, reply);
  const rows = [
    ...(reply.Versions ?? []).map((row) => ({ ...row, isDeletion: false })),
    ...(reply.DeleteMarkers ?? []).map((row) => ({ ...row, Size: 0, isDeletion: true })),
  ];
  return rows
    .filter(({ Key = "", VersionId = "null" }) => decode(Key) === key && VersionId !== "null")
    .map((row) => ({
      versionId: row.VersionId ?? "",
      isLatest: row.IsLatest === true,
      isDeletion: row.isDeletion,
      bytes: row.Size ?? 0,
      modifiedAt: isoOf(row.LastModified),
    }))
    .toSorted((a, b) => (b.modifiedAt ?? "").localeCompare(a.modifiedAt ?? ""));
}

/** Clients normalise such path segments and then request another object. */
const DOTS = /(^|\/)\.{1,2}(\/|$)/;

/**
 * A presigned address to read an object for a number of seconds. Refuses as REQUEST_INVALID a key that cannot be in an
 * address.
 */
export async function objectLink(
  { client, name }: Bucket,
  { key, versionId }: ObjectPlace,
  seconds: number,
): Promise<string> {
  if (DOTS.test(key)) {
    const reason = "browsers take the parts . and .. out of an address; download it instead";
    throw new StudioError("REQUEST_INVALID", { field: "The link", value: "made", reason });
  }
  const version = versionId === undefined ? {} : { VersionId: versionId };
  return client.sign(new GetObjectCommand({ Bucket: name, Key: key, ...version }), seconds);
}

/** Makes a version the latest again by copying it over the current one. */
export async function restoreVersion(
  { client, name }: Bucket,
  { key, versionId }: Required<ObjectPlace>,
  signal?: AbortSignal,
): Promise<void> {
  const version = `?versionId=${encodeURIComponent(versionId ?? "")}`;
  const source = `${encodeURIComponent(name)}/${encodeURIComponent(key)}${version}`;
  await client.send(
    new CopyObjectCommand({ Bucket: name, Key: key, CopySource: source }),
    { what: "copying an object", bucket: name, key },
    { signal, replyMs: 0 },
  );
}
