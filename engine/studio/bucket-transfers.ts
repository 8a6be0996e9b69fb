import { basename, extname, isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import type { Connections } from "../buckets/connections.ts";
import { discardDownload } from "../buckets/download.ts";
import { folderContent, type PlacedObject } from "../buckets/folder-download.ts";
import { abortUpload } from "../buckets/incomplete-uploads.ts";
import { inLanes } from "../buckets/lanes.ts";
import { objectDetails } from "../buckets/objects.ts";
import { discardJournal, sweepJournals, TransferJournal } from "../buckets/transfer-journal.ts";
import { partBytesFor, uploadObject } from "../buckets/upload.ts";
import { fileSource, filesIn, type UploadSource } from "../buckets/sent-bytes.ts";
import {
  fetchRequestSchema,
  uploadRequestSchema,
  type FetchRequest,
  type UploadRequest,
} from "../contract/bucket-transfers.ts";
import { StudioError } from "../contract/errors.ts";
import type { TransferRun, TransferRunner } from "../transfers/runner.ts";
import type { Transfers } from "../transfers/transfers.ts";
import { fetchFiles, LANES, progressOf } from "./fetch-files.ts";
import { os } from "./implementer.ts";
import type { ReceivedFiles } from "./received-files.ts";

/** Number of keys named in a note. */
const NAMED = 3;

/** S3's limit. */
const MOST_KEY_BYTES = 1024;

export interface BucketTransferParts {
  readonly connections: Connections;
  readonly dataFolder: string;
}

type BucketRunners = Readonly<Record<"upload" | "fetch", TransferRunner>>;

/** The folder of transfers' journals. */
const journalsIn = (dataFolder: string): string => join(dataFolder, "bucket-transfers");

/** Uploads and downloads of files and folders, as transfers. */
export function bucketWorks(
  parts: BucketTransferParts & { readonly received: ReceivedFiles },
): BucketRunners {
  const { connections, received } = parts;
  const sending = journaled(parts, (run, journal) => send(connections, run, journal));
  return {
    // Files received from a page are deleted once their upload has ended.
    upload: {
      ...sending,
      run: async (run) => {
        await sending.run(run);
        await received.discard(run.id);
        return undefined;
      },
      discard: async (id) => {
        await received.discard(id);
        await sending.discard(id);
      },
    },
    fetch: journaled(parts, (run, journal) => fetchAll(connections, run, journal)),
  };
}

/**
 * Work between this machine and a bucket with a journal: it resumes after a kill, and if it is cancelled, what it
 * started is undone, even after a restart.
 */
export function journaled<Made extends string | undefined | void>(
  { connections, dataFolder }: BucketTransferParts,
  work: (run: TransferRun, journal: TransferJournal) => Promise<Made>,
): TransferRunner {
  const folder = journalsIn(dataFolder);
  return {
    canPause: true,
    run: async (run) => {
      const journal = await TransferJournal.open(folder, run.id);
      const made = await work(run, journal);
      await discardJournal(folder, run.id);
      return made ?? undefined;
    },
    discard: async (id) => {
      const journal = await TransferJournal.open(folder, id);
      for (const out of journal.outs) await discardDownload(out);
      if (journal.begun.length > 0 && journal.place !== undefined) {
        const bucket = await connections.bucket(journal.place);
        for (const upload of journal.begun) await abortUpload(bucket, upload);
      }
      await discardJournal(folder, id);
    },
  };
}

/** Deletes what unknown transfers left. */
export async function sweepBucketTransfers(
  dataFolder: string,
  { received, transfers }: Pick<ProcedureParts, "received" | "transfers">,
): Promise<void> {
  const mayNeed = (id: string): boolean => transfers.mayNeed(id);
  await sweepJournals(journalsIn(dataFolder), mayNeed);
  await received.sweep(mayNeed);
}

interface SentFile {
  readonly key: string;
  readonly source: UploadSource;
}

async function send(
  connections: Connections,
  { order, signal, onProgress, onNote }: TransferRun,
  journal: TransferJournal,
): Promise<void> {
  const request = uploadRequestSchema.parse(order);
  const bucket = await connections.bucket(request);
  const { connectionId, partBytes } = request;
  await journal.begin({ connectionId, bucket: bucket.name });
  const { files, leftOut } = await filesToSend(request);
  if (leftOut.length > 0) onNote(inWords("left out because the name is not allowed", leftOut));
  const onBytes = progressOf(
    files.map(({ source }) => source.sizeBytes),
    onProgress,
  );
  const upload = (ended: AbortSignal, file: SentFile): Promise<void> =>
    uploadObject(bucket, {
      ...file,
      contentType: SHOWN_TYPES[extname(file.key).toLowerCase()],
      partBytes,
      journal,
      signal: ended,
      onBytes,
    });
  const isSmall = ({ source: { sizeBytes } }: SentFile): boolean =>
    sizeBytes <= partBytesFor(sizeBytes, partBytes);
  const small = files.filter(isSmall);
  await inLanes(LANES, small, (file, ended) => upload(ended, file), signal);
  // Multipart uploads have their own lanes.
  for (const file of files) if (!isSmall(file)) await upload(signal, file);
}

/** Types of what browsers show, so that a link to it does not download it; S3 gives everything else its default. */
const SHOWN_TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".webp": "image/webp",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
};

interface FilesToSend {
  readonly files: readonly SentFile[];
  /** Files whose names no key can have. */
  readonly leftOut: readonly string[];
}

async function filesToSend({ path, key }: UploadRequest): Promise<FilesToSend> {
  const inside = await filesIn(path);
  if (inside === undefined) {
    return { files: [{ key: keyFor(path, key), source: await fileSource(path) }], leftOut: [] };
  }
  const prefix = key === "" || key.endsWith("/") ? key : `${key}/`;
  const files: SentFile[] = [];
  const leftOut: string[] = [];
  for (const file of inside) {
    const name = `${prefix}${file.name}`;
    if (!file.isText || Buffer.byteLength(name) > MOST_KEY_BYTES) leftOut.push(file.name);
    else files.push({ key: name, source: await fileSource(file.path) });
  }
  return { files, leftOut };
}

function keyFor(path: string, key: string): string {
  return key === "" || key.endsWith("/") ? `${key}${basename(path)}` : key;
}

async function fetchAll(
  connections: Connections,
  { order, signal, onProgress, onNote }: TransferRun,
  journal: TransferJournal,
): Promise<void> {
  const request = fetchRequestSchema.parse(order);
  const bucket = await connections.bucket(request);
  await journal.begin({ connectionId: request.connectionId, bucket: bucket.name });
  const { versionId, force } = request;
  const content = isFolder(request)
    ? await folderContent(bucket, request.key, signal)
    : { placed: [await oneObject(request)], leftOut: [] };
  if (content.leftOut.length > 0) {
    onNote(inWords("left out because the name is not allowed", content.leftOut));
  }
  if (content.placed.length === 0) {
    throw new StudioError("OBJECT_NOT_FOUND", { bucket: bucket.name, key: request.key });
  }
  const out = resolve(request.out);
  const placed = content.placed.map((one) => ({ ...one, versionId }));
  await fetchFiles(bucket, { placed, out, force, signal, onProgress, journal });

  async function oneObject({ key }: FetchRequest): Promise<PlacedObject> {
    return { object: await objectDetails(bucket, { key, versionId }, signal), path: "" };
  }
}

function isFolder({ key }: FetchRequest): boolean {
  return key === "" || key.endsWith("/");
}

function inWords(reason: string, keys: readonly string[]): string {
  const named = keys.slice(0, NAMED).map((key) => JSON.stringify(key));
  const more = keys.length > NAMED ? ` and ${keys.length - NAMED} more` : "";
  return `${reason}: ${named.join(", ")}${more}`;
}

interface ProcedureParts {
  readonly connections: Connections;
  readonly received: ReceivedFiles;
  readonly transfers: Transfers;
}

/** Uploading and downloading files and folders. */
export function bucketTransferProcedures({ connections, received, transfers }: ProcedureParts) {
  return {
    upload: os.buckets.upload.handler(async ({ input }) => {
      const id = "received" in input ? input.received : undefined;
      const path = "received" in input ? await received.pathOf(input.received) : input.path;
      checkPath("The file", path);
      connections.get(input.connectionId);
      if ((await filesIn(path)) === undefined) await fileSource(path);
      const { connectionId, bucket, key, partBytes } = input;
      const request: UploadRequest = { connectionId, bucket, key, partBytes, path };
      const order = z.json().parse(JSON.parse(JSON.stringify(request)));
      const name = basename(path);
      return { transferId: await transfers.add({ id, kind: "upload", name, order }) };
    }),
    receive: os.buckets.receive.handler(({ input }) => received.take(input)),
    discardReceived: os.buckets.discardReceived.handler(({ input }) => received.discard(input.id)),
    download: os.buckets.download.handler(async ({ input }) => {
      checkPath("The output", input.out);
      connections.get(input.connectionId);
      const order = z.json().parse(JSON.parse(JSON.stringify(input)));
      const name = input.key === "" ? basename(input.out) : input.key;
      return { transferId: await transfers.add({ kind: "fetch", name, order }) };
    }),
  };
}

function checkPath(field: string, value: string): void {
  if (isAbsolute(value)) return;
  throw new StudioError("REQUEST_INVALID", { field, value, reason: "it must be a full path" });
}
