import { stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { z } from "zod";
import { nameOfKey } from "../archive/bucket-layout.ts";
import { MANIFEST } from "../archive/member.ts";
import { findModel } from "../archive-files/archive.ts";
import { readArchivedModel } from "../archive-files/archived-snapshot.ts";
import type { Bucket } from "../buckets/bucket-client.ts";
import type { Connections } from "../buckets/connections.ts";
import { downloadObject } from "../buckets/download.ts";
import { folderContent, type PlacedObject } from "../buckets/folder-download.ts";
import { openObject } from "../buckets/object-source.ts";
import { TransferJournal } from "../buckets/transfer-journal.ts";
import { bucketPlaceSchema } from "../contract/buckets.ts";
import { StudioError } from "../contract/errors.ts";
import { modelIdSchema, type ModelFile, type Provenance } from "../contract/models.ts";
import { formatBytes } from "../files/disk-full.ts";
import { hashFile } from "../files/hash-file.ts";
import { layoutOf, LIKED_VARIANTS } from "../snapshot/layout.ts";
import { idFrom } from "../store/model-ids.ts";
import type { ModelStore } from "../store/model-store.ts";
import type { TransferRun, TransferRunner } from "../transfers/runner.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { modelAt, openBucketArchive, packedZip } from "./bucket-archive.ts";
import { fetchFiles } from "./fetch-files.ts";
import { importArchive, mayGoOn } from "./import-archive.ts";
import { os } from "./implementer.ts";
import { bringingInto } from "./model-works.ts";

/** What was found when the import was requested, so that it resumes with the same after a restart. */
const orderSchema = bucketPlaceSchema.required().extend({
  kind: z.enum(["archive", "folder"]),
  key: z.string(),
  id: modelIdSchema.optional(),
});
export type BucketImportOrder = z.output<typeof orderSchema>;

export interface BucketImportParts {
  readonly store: ModelStore;
  readonly connections: Connections;
  readonly onModels: () => void;
}

/** Imports a model from a bucket into the store, as a transfer. */
export function bucketImportWork(parts: BucketImportParts): TransferRunner {
  const { store, onModels } = parts;
  const bringing = bringingInto(store, onModels);
  return {
    canPause: true,
    run: (run) => bringing(run, () => bringModel(run, orderSchema.parse(run.order), parts)),
    discard: (id) => store.discard(id),
  };
}

/** An import: its source, and where it is staged. */
interface Bringing {
  readonly run: TransferRun;
  readonly order: BucketImportOrder;
  readonly store: ModelStore;
  readonly bucket: Bucket;
  /** The connection's name. */
  readonly connection: string;
  /** The download: a file, or the folder with an archive's own files. */
  readonly fetched: string;
  readonly snapshot: string;
  readonly journal: TransferJournal;
}

/**
 * Downloads and then unpacks, both in the model's staging folder. No byte is downloaded twice even after a kill,
 * however the archive is compressed.
 */
export async function bringModel(
  run: TransferRun,
  order: BucketImportOrder,
  { store, connections }: Pick<BucketImportParts, "store" | "connections">,
): Promise<string> {
  const bucket = await connections.bucket(order);
  const { name: connection } = connections.get(order.connectionId);
  const { folder, snapshot } = await store.stage(run.id);
  const journal = await TransferJournal.open(folder, "fetched");
  const fetched = join(folder, "archive");
  const bringing = { run, order, store, bucket, connection, fetched, snapshot, journal };
  try {
    return await (order.kind === "archive" ? bringArchive(bringing) : bringFolder(bringing));
  } catch (error) {
    if (!mayGoOn(error, run.signal) && !isOfTheService(error)) await store.discard(run.id);
    throw error;
  }
}

/** Whether a failure was the service's or the network's, so that what was downloaded is still good. */
function isOfTheService(error: unknown): boolean {
  return error instanceof StudioError && /^(BUCKET|DOWNLOAD)_/.test(error.code);
}

async function bringArchive(bringing: Bringing): Promise<string> {
  const { run, order, fetched, journal } = bringing;
  const done = journal.of(order.key).done;
  const found = await stat(fetched).catch(() => undefined);
  const etag = done !== undefined && found?.isFile() === true ? done : await fetchArchive(bringing);
  const { size } = await stat(fetched);
  run.onStage(`copied: ${nameOfKey(order.key)}, ${formatBytes(size)}`);
  return unpack(bringing, {
    etag: etag === "" ? undefined : etag,
    onProgress: ({ doneBytes, totalBytes }) =>
      run.onProgress({ doneBytes: size + doneBytes, totalBytes: size + totalBytes }),
  });
}

/** Returns the ETag; empty if the service has none. */
async function fetchArchive(bringing: Bringing): Promise<string> {
  const { run, order, bucket, fetched, journal } = bringing;
  const { signal, onProgress } = run;
  const { key } = order;
  const source = await openObject(bucket, { key }, signal);
  await refuseKnown(bringing, source.etag);
  // Problems are found before gigabytes are downloaded, if that needs only a few requests.
  const archive = await openBucketArchive(source, key);
  if (archive !== undefined && packedZip(archive) === undefined)
    await readArchivedModel(await findModel(archive));
  const { sizeBytes } = source;
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes += bytes;
    // Unpacking and hashing each take about as long again.
    onProgress({ doneBytes, totalBytes: 3 * sizeBytes });
  };
  await journal.beginFile(key, fetched);
  const etag = await downloadObject(bucket, { key, out: fetched, force: true, signal, onBytes });
  await journal.finish(key, etag ?? "");
  return etag ?? "";
}

/** Refuses as MODEL_EXISTS, before downloading, a model that was imported from this very object. */
async function refuseKnown(
  { store, order, bucket, connection }: Bringing,
  etag: string | undefined,
): Promise<void> {
  if (etag === undefined) return;
  for (const [model, { object }] of await store.provenances()) {
    const isSame = object?.connection === connection && object.bucket === bucket.name;
    if (!isSame || object.key !== order.key || object.etag !== etag) continue;
    throw new StudioError("MODEL_EXISTS", { model });
  }
}

async function bringFolder(bringing: Bringing): Promise<string> {
  const { run, order, bucket, fetched, journal } = bringing;
  const { signal, onProgress, onNote } = run;
  const { placed, leftOut } = await folderContent(bucket, order.key, signal);
  if (leftOut.length > 0) onNote(`left out because the name is not allowed: ${leftOut.length}`);
  const isUnpacked = placed.some(({ path }) => pathOf(path) === MANIFEST);
  if (!isUnpacked) return bringSnapshot(bringing, placed);
  const files = { placed, out: fetched, force: true, journal, signal };
  await fetchFiles(bucket, { ...files, onProgress });
  return unpack(bringing, { onProgress });
}

interface Unpacking extends Pick<TransferRun, "onProgress"> {
  readonly etag?: string | undefined;
}

async function unpack(bringing: Bringing, { etag, onProgress }: Unpacking): Promise<string> {
  const { run, order, store, fetched } = bringing;
  const { id: key, signal, onNote } = run;
  const name = nameOfKey(order.key);
  const object = objectOf(bringing, etag);
  const work = { key, path: fetched, name, object, id: order.id };
  const model = await importArchive(store, { ...work, signal, onProgress, onNote });
  run.onStage(`unpacked: into the model ${model}`);
  return model;
}

/** Downloads the files of a model in diffusers layout, and no others, directly to the staged model. */
async function bringSnapshot(bringing: Bringing, all: readonly PlacedObject[]): Promise<string> {
  const { run, order, store, bucket, snapshot, journal } = bringing;
  const { id: key, signal, onProgress } = run;
  const { paths } = layoutOf(
    all.map(({ path }) => pathOf(path)),
    LIKED_VARIANTS,
  );
  const wanted = new Set(paths);
  const placed = all.filter(({ path }) => wanted.has(pathOf(path)));
  const fetching = { placed, out: snapshot, force: true, journal, signal };
  await fetchFiles(bucket, { ...fetching, onProgress });
  const files: ModelFile[] = [];
  for (const { path, object } of placed) {
    const sha256 = await hashFile(join(snapshot, path), () => signal.throwIfAborted());
    files.push({ path: pathOf(path), sizeBytes: object.bytes, sha256 });
  }
  const name = nameOfKey(order.key) || bucket.name;
  const provenance: Provenance = {
    kind: "bucket",
    name,
    object: objectOf(bringing),
    addedAt: new Date().toISOString(),
  };
  return store.adopt({ key, ids: [order.id ?? idFrom(name)], provenance, files });
}

function objectOf({ order, bucket, connection }: Bringing, etag?: string): Provenance["object"] {
  return { connection, bucket: bucket.name, key: order.key, ...(etag !== undefined && { etag }) };
}

/** A path within a snapshot. */
function pathOf(path: string): string {
  return path.split(sep).join("/");
}

/** Importing a model from a bucket. */
export function importModelProcedure({
  connections,
  transfers,
}: Pick<BucketImportParts, "connections"> & { readonly transfers: Transfers }) {
  return os.buckets.importModel.handler(async ({ input, signal }) => {
    const { connectionId, id } = input;
    const bucket = await connections.bucket(input);
    const found = await modelAt(bucket, input.key, signal ?? new AbortController().signal);
    const place = { connectionId, bucket: bucket.name };
    const order = { ...place, ...found, ...(id !== undefined && { id }) };
    const name = nameOfKey(found.key) || bucket.name;
    return { transferId: await transfers.add({ kind: "bucket-import", name, order }) };
  });
}
