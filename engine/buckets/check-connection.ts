import { randomBytes } from "node:crypto";
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { ConnectionCheck } from "../contract/buckets.ts";
import { StudioError, toWire } from "../contract/errors.ts";
import type { Bucket, BucketClient } from "./bucket-client.ts";
import { keysPage } from "./listing.ts";

type Found = Partial<ConnectionCheck>;

/** The result of testing a service: listing, versions, and whether objects can be written. */
export async function checkConnection(
  client: BucketClient,
  bucket: string | null,
  signal?: AbortSignal,
): Promise<Found> {
  if (bucket === null) {
    await bucketNames(client, signal);
    return {};
  }
  const place = { client, name: bucket, isVersioned: undefined };
  const listed = await unlessDenied(() =>
    keysPage(place, { prefix: "", isFlat: true, limit: 1 }, signal),
  );
  const isVersioned = await versioning(place, signal);
  const written = await writing(place, signal);
  return {
    canList: listed !== undefined,
    ...(listed && { isEmpty: listed.folders.length + listed.objects.length === 0 }),
    ...(isVersioned !== undefined && { isVersioned }),
    ...written,
  };
}

/** The bucket names that the keys may list. */
export async function bucketNames(client: BucketClient, signal?: AbortSignal): Promise<string[]> {
  const reply = await client.send(
    new ListBucketsCommand({}),
    { what: "listing buckets" },
    { signal },
  );
  return (reply.Buckets ?? []).flatMap(({ Name = [] }) => Name).toSorted();
}

/** Undefined if the keys do not allow it. */
async function unlessDenied<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StudioError && error.code === "BUCKET_DENIED") return undefined;
    throw error;
  }
}

/** Whether the bucket keeps versions; undefined if the service does not say. */
async function versioning({ client, name }: Bucket, signal?: AbortSignal) {
  const asked = { what: "asking for versions", bucket: name };
  try {
    const command = new GetBucketVersioningCommand({ Bucket: name });
    return (await client.send(command, asked, { signal })).Status === "Enabled";
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    return error.code === "BUCKET_UNSUPPORTED" ? false : undefined;
  }
}

/**
 * Tests writing, with and without a checksum in every request: the SDK sends one by default, which some services
 * refuse, and some store as part of the object.
 */
async function writing(bucket: Bucket, signal?: AbortSignal): Promise<Found> {
  const { client } = bucket;
  try {
    if (client.checksums !== undefined) return readOnly(await outcomeOf(bucket, signal));
    client.remember({ checksums: "when-supported" });
    const first = await outcomeOf(bucket, signal);
    if (first.error === undefined) return first;
    client.remember({ checksums: "when-required" });
    return readOnly(await outcomeOf(bucket, signal));
  } finally {
    signal?.throwIfAborted();
  }
}

/** A service that does not support writing is not an error: it is read-only. */
function readOnly(found: Found): Found {
  return found.error?.code === "BUCKET_UNSUPPORTED" ? { canWrite: false } : found;
}

async function outcomeOf(bucket: Bucket, signal?: AbortSignal): Promise<Found> {
  try {
    await trial(bucket, signal);
    return { canWrite: true };
  } catch (error) {
    if (!(error instanceof StudioError)) throw error;
    if (error.code === "BUCKET_DENIED") return { canWrite: false };
    return { canWrite: false, error: toWire(error) };
  }
}

/** Writes a few bytes, reads them back, and deletes them with all versions. */
async function trial({ client, name }: Bucket, signal?: AbortSignal): Promise<void> {
  const place = { Bucket: name, Key: `.darkroom-test-${randomBytes(8).toString("hex")}` };
  const asked = { what: "writing objects", bucket: name, key: place.Key };
  const body = Buffer.from("darkroom was here\n");
  const { VersionId } = await client.send(new PutObjectCommand({ ...place, Body: body }), asked, {
    signal,
  });
  const version = VersionId === undefined ? {} : { VersionId };
  try {
    const head = await client.send(new HeadObjectCommand(place), asked, { signal });
    if (head.ContentLength === body.length) return;
    const reason = `it stored ${head.ContentLength} bytes of ${body.length} that were sent`;
    throw new StudioError("BUCKET_REPLY_INVALID", { host: client.host, reason });
  } finally {
    const what = { ...asked, what: "deleting objects" };
    await client.send(new DeleteObjectCommand({ ...place, ...version }), what, { signal });
  }
}
