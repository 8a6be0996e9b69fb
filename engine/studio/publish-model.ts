import { isAbsolute, basename } from "node:path";
import { z } from "zod";
import {
  folderPrefix,
  neighbourWarning,
  publishedPlace,
  type PublishedPlace,
} from "../archive/bucket-layout.ts";
import { publishedConfig } from "../archive/serving-form.ts";
import { BlockMemory } from "../archive-files/byte-source.ts";
import { bytesSource, type CheckedSource } from "../archive-files/checked-source.ts";
import { marSource, packedBytes } from "../archive-files/pack-model.ts";
import type { Bucket } from "../buckets/bucket-client.ts";
import type { Buckets } from "../buckets/buckets.ts";
import { compareObject } from "../buckets/read-back.ts";
import type { Connections } from "../buckets/connections.ts";
import type { UploadSource } from "../buckets/sent-bytes.ts";
import type { TransferJournal } from "../buckets/transfer-journal.ts";
import { uploadObject } from "../buckets/upload.ts";
import {
  archiveNameSchema,
  publishRequestSchema,
  type PublishRequest,
} from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import type { TransferRun, TransferRunner } from "../transfers/runner.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { type BucketTransferParts, journaled } from "./bucket-transfers.ts";
import { os } from "./implementer.ts";
import { type Int8Making, packingOf, withInt8 } from "./pack-archive.ts";

/** What is checked before a model is published. */
export interface PublishParts extends Pick<Int8Making, "store"> {
  readonly connections: Connections;
  readonly buckets: Buckets;
}

/** What publishing needs in addition. */
type PublishingParts = PublishParts & Int8Making;

/**
 * Uploads a model's archive and its config.properties, and reads both back. The archive is generated while it is
 * uploaded, without a copy on disk. It always has the same bytes, so an interrupted run resumes with the parts that the
 * bucket has.
 */
export function publishWork(parts: PublishingParts & BucketTransferParts): TransferRunner {
  return journaled(parts, async (run, journal) => {
    const request = publishRequestSchema.parse(run.order);
    const bucket = await parts.connections.bucket(request);
    await journal.begin({ connectionId: request.connectionId, bucket: bucket.name });
    await publish(run, { parts, request, bucket, journal });
    return isAbsolute(request.model) ? undefined : request.model;
  });
}

interface Publishing {
  readonly parts: PublishingParts;
  readonly request: PublishRequest;
  readonly bucket: Bucket;
  readonly journal: TransferJournal;
}

async function publish(
  run: TransferRun,
  { parts, request, bucket, journal }: Publishing,
): Promise<void> {
  const { signal, onProgress, onNote } = run;
  const name = nameOf(request);
  const place = publishedPlace(folderPrefix(request.prefix), name);
  const form = "notebook";
  if (request.int8) onNote("making the weights in int8");
  const plain = await packingOf(parts.store, { ...request, name, form });
  const packing = { ...(await withInt8(plain, request, parts, run)), form } as const;
  // Read for its checksums, sent, and read back.
  const totalBytes = 3 * (await packedBytes(packing));
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    signal.throwIfAborted();
    doneBytes = Math.min(totalBytes, doneBytes + bytes);
    onProgress({ doneBytes, totalBytes });
  };
  onNote("reading the model");
  const archive = await marSource(packing, onBytes);
  const files: readonly PublishedFile[] = [
    { key: place.archiveKey, content: archive },
    // After the archive, so that the configuration never names one that is missing.
    { key: place.configKey, content: bytesSource(publishedConfig(name, request.version).bytes()) },
  ];
  onNote("sending");
  const sending = { signal, onBytes };
  for (const file of files) {
    const upload = { ...sending, key: file.key, source: sourceOf(file), journal };
    await uploadObject(bucket, { ...upload, isReadBack: true });
  }
  onNote("reading back");
  for (const { key, content } of files) {
    const { sizeBytes, crc32 } = content;
    try {
      await compareObject(bucket, { ...sending, key, sizeBytes, crc32 });
    } catch (error) {
      // The next attempt then uploads it again instead of finding the same difference.
      if (isOther(error)) await journal.startAnew(key);
      throw error;
    }
  }
  onNote(await outcome(parts, request, place, signal));
}

/** Whether the bucket contains something other than what was sent, or nothing any more. */
function isOther(error: unknown): boolean {
  if (!(error instanceof StudioError)) return false;
  return error.code === "OBJECT_DIFFERS" || error.code === "OBJECT_NOT_FOUND";
}

interface PublishedFile {
  readonly key: string;
  readonly content: CheckedSource & Pick<UploadSource, "refuseChanged">;
}

function sourceOf({ key: name, content }: PublishedFile): UploadSource {
  const { sizeBytes, crc32 } = content;
  const { refuseChanged } = content;
  const open = (offset: number) => content.read(offset, sizeBytes, new BlockMemory(1));
  const identity = `${sizeBytes}:${crc32}`;
  return { name, sizeBytes, identity, open, ...(refuseChanged && { refuseChanged }) };
}

/** What to enter in OpenShift AI, and what to watch for. */
async function outcome(
  { buckets }: PublishParts,
  { connectionId, bucket }: PublishRequest,
  place: PublishedPlace,
  signal: AbortSignal,
): Promise<string> {
  const prefix = place.path.slice(0, -1);
  const query = { connectionId, bucket, prefix, isRecursive: false, sortBy: "name" } as const;
  const { folders, objects } = await buckets.list(
    { ...query, isDescending: false, limit: 100 },
    signal,
  );
  const found = [...folders.map((folder) => folder.prefix), ...objects.map(({ key }) => key)];
  const warning = neighbourWarning(place, found);
  return `path to enter in OpenShift AI: ${place.path}${warning === undefined ? "" : `. ${warning}`}`;
}

/** Publishing a model. */
export function publishProcedure({
  store,
  connections,
  transfers,
}: PublishParts & { readonly transfers: Transfers }) {
  return os.buckets.publish.handler(async ({ input }) => {
    const name = nameOf(input);
    await connections.bucket(input);
    await packingOf(store, { ...input, name, form: "notebook" });
    const order = z.json().parse(JSON.parse(JSON.stringify(input)));
    const place = publishedPlace(folderPrefix(input.prefix), name);
    return {
      transferId: await transfers.add({ kind: "publish", name: `${name}.mar`, order }),
      path: place.path,
    };
  });
}

/** The model's id or its folder's name, unless a name is given. */
function nameOf({ name, model }: PublishRequest): string {
  const own = name ?? basename(model);
  const isName = archiveNameSchema.safeParse(own).success;
  if (isName && !own.includes(".")) return own;
  const reason = isName
    ? "KServe ignores an archive whose name has a dot; choose another with --name"
    : "TorchServe takes letters, digits, - and _; choose one with --name";
  throw new StudioError("REQUEST_INVALID", { field: "The model's name", value: own, reason });
}
