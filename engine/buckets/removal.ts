import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  type DeleteObjectsCommandOutput,
} from "@aws-sdk/client-s3";
import type { Removal, Removed } from "../contract/buckets.ts";
import { StudioError, toWire, type WireError } from "../contract/errors.ts";
import type { Bucket } from "./bucket-client.ts";
import { pagesOf } from "./listing.ts";

/** The most that S3 deletes in one request. */
const BATCH = 1000;

/** How many objects are deleted at once if each takes a request of its own. */
const LANES = 16;

/** Maximum number of failures that are listed. */
const MAX_TOLD = 100;

/** A deleted object and its delete marker, in a bucket with versions. */
export interface Deletion {
  readonly key: string;
  readonly marker: string | undefined;
}

interface Failure {
  readonly key: string;
  readonly error: WireError;
}

interface Outcome {
  readonly deleted: readonly Deletion[];
  readonly failures: readonly Failure[];
}

/** An object to delete, or a version of one. */
interface ToDelete {
  readonly key: string;
  readonly versionId?: string | undefined;
}

/** The result of a removal: what the contract shows, and what `undoRemoval` needs. */
export interface DoneRemoval extends Omit<Removed, "undo"> {
  /** The deletions that can be undone: those in buckets with versions. */
  readonly markers: readonly Deletion[];
}

/**
 * Deletes objects, and folders with everything below them. Objects that could not be deleted are listed, not refused.
 */
export async function removeObjects(
  bucket: Bucket,
  { keys, prefixes }: Pick<Removal, "keys" | "prefixes">,
  signal?: AbortSignal,
): Promise<DoneRemoval> {
  const failures: Failure[] = [];
  const markers: Deletion[] = [];
  let [count, failureCount] = [0, 0];
  for await (const batch of batchesOf(bucket, { keys, prefixes }, signal)) {
    const outcome = await removeBatch(bucket, batch, signal);
    count += outcome.deleted.length;
    failureCount += outcome.failures.length;
    failures.push(...outcome.failures.slice(0, MAX_TOLD - failures.length));
    markers.push(...outcome.deleted.filter(({ marker }) => marker !== undefined));
  }
  return { count, failureCount, failures, markers };
}

/** Removes delete markers. Refuses if one could not be removed. */
export async function undoRemoval(bucket: Bucket, markers: readonly Deletion[]): Promise<void> {
  for (let from = 0; from < markers.length; from += BATCH) {
    const batch = markers
      .slice(from, from + BATCH)
      .map(({ key, marker }) => ({ key, versionId: marker }));
    const [failure] = (await removeBatch(bucket, batch)).failures;
    if (failure !== undefined) throw new StudioError(failure.error.code, failure.error.details);
  }
}

async function* batchesOf(
  bucket: Bucket,
  { keys, prefixes }: Pick<Removal, "keys" | "prefixes">,
  signal?: AbortSignal,
): AsyncGenerator<readonly ToDelete[]> {
  if (keys.length > 0) yield keys.map((key) => ({ key }));
  for (const prefix of prefixes) {
    for await (const { objects } of pagesOf(bucket, { prefix, isFlat: false }, signal)) {
      if (objects.length > 0) yield objects.map(({ key }) => ({ key }));
    }
  }
}

/** XML cannot hold these characters, so keys that contain one are deleted with a request of their own. */
// oxlint-disable-next-line no-control-regex
const NO_XML = /[\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/u;

async function removeBatch(
  bucket: Bucket,
  batch: readonly ToDelete[],
  signal?: AbortSignal,
): Promise<Outcome> {
  const singles = batch.filter(({ key }) => NO_XML.test(key));
  const together = batch.filter(({ key }) => !NO_XML.test(key));
  const outcomes = [
    await removeTogether(bucket, together, signal),
    await removeOneByOne(bucket, singles, signal),
  ];
  return {
    deleted: outcomes.flatMap(({ deleted }) => deleted),
    failures: outcomes.flatMap(({ failures }) => failures),
  };
}

/** Error codes of services that cannot delete several objects at once, or require another signature for it. */
const NOT_TOGETHER: ReadonlySet<string> = new Set([
  "BUCKET_UNSUPPORTED",
  "BUCKET_REFUSED",
  "BUCKET_REPLY_INVALID",
]);

async function removeTogether(
  bucket: Bucket,
  batch: readonly ToDelete[],
  signal?: AbortSignal,
): Promise<Outcome> {
  if (batch.length < 2) return removeOneByOne(bucket, batch, signal);
  const { client, name } = bucket;
  const objects = batch.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  try {
    const reply = await client.send(
      new DeleteObjectsCommand({ Bucket: name, Delete: { Objects: objects } }),
      { what: "deleting objects", bucket: name },
      { signal },
    );
    return outcomeOf(reply, batch, bucket);
  } catch (error) {
    if (!(error instanceof StudioError) || !NOT_TOGETHER.has(error.code)) throw error;
    return removeOneByOne(bucket, batch, signal);
  }
}

function outcomeOf(
  { Deleted = [], Errors = [] }: DeleteObjectsCommandOutput,
  batch: readonly ToDelete[],
  { name, client: { host } }: Bucket,
): Outcome {
  const failures = Errors.map(({ Key = "", Code = "", Message = "" }) => {
    const isDenied = Code === "AccessDenied";
    const what = isDenied ? "deleting objects" : Message;
    const code = isDenied ? "BUCKET_DENIED" : "BUCKET_REFUSED";
    return {
      key: Key,
      error: toWire(new StudioError(code, { host, bucket: name, reason: Code, what })),
    };
  });
  const failed = new Set(failures.map(({ key }) => key));
  const markers = new Map(
    Deleted.filter(({ DeleteMarker }) => DeleteMarker === true).map((row) => [
      row.Key,
      row.DeleteMarkerVersionId,
    ]),
  );
  const deleted = batch
    .filter(({ key }) => !failed.has(key))
    .map(({ key }) => ({ key, marker: markers.get(key) }));
  return { deleted, failures };
}

async function removeOneByOne(
  bucket: Bucket,
  batch: readonly ToDelete[],
  signal?: AbortSignal,
): Promise<Outcome> {
  const deleted: Deletion[] = [];
  const failures: Failure[] = [];
  const left = batch.values();
  await Promise.all(
    Array.from({ length: LANES }, async () => {
      for (const object of left) {
        const { key } = object;
        try {
          deleted.push({ key, marker: await removeOne(bucket, object, signal) });
        } catch (error) {
          if (!(error instanceof StudioError)) throw error;
          failures.push({ key, error: toWire(error) });
        }
      }
    }),
  );
  return { deleted, failures };
}

/** Returns the new delete marker, if the bucket keeps versions. */
async function removeOne(
  { client, name }: Bucket,
  { key, versionId }: ToDelete,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const version = versionId === undefined ? {} : { VersionId: versionId };
  const reply = await client.send(
    new DeleteObjectCommand({ Bucket: name, Key: key, ...version }),
    { what: "deleting objects", bucket: name, key },
    { signal },
  );
  return reply.DeleteMarker === true ? reply.VersionId : undefined;
}
