import { dirname } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { ModelFile } from "../contract/models.ts";
import { demandSpace, diskFull, type FreeBytes } from "../files/disk-full.ts";
import { partBytes } from "../download/part.ts";
import { DownloadFolder, type DownloadPlan } from "./download-plan.ts";
import { downloadHubFile } from "./download-hub-file.ts";
import { findPlan, type Wanted } from "./find-plan.ts";
import type { HubAccess } from "./hub-access.ts";
import { withSoundToken } from "./who-am-i.ts";
import { sumOf, type HubFile } from "./repository.ts";
import { isDiskFull, systemCode } from "../files/system-error.ts";

export interface ModelDownload extends Wanted {
  readonly access: HubAccess;
  /** The folder of the download's state; `snapshot` in it becomes the model. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: {
    readonly doneBytes: number;
    readonly totalBytes: number;
  }) => void;
  /** Called with notes about the download for a person. */
  readonly onNote?: (note: string) => void;
  /** Replaces the disk in tests. */
  readonly freeBytes?: FreeBytes | undefined;
}

/** The result of a download. */
export interface DownloadedModel extends Omit<DownloadPlan, "files" | "isGated"> {
  readonly files: readonly ModelFile[];
}

/** More downloads at once are no faster on an ordinary connection, and strain the hub. */
const AT_ONCE = 4;

/**
 * Downloads a model after checking for disk space, resuming an earlier run in the same folder. Every file is compared
 * with its publisher's hash as it arrives. However it ends, everything is kept for the next run except wrong bytes.
 * Refuses as HUB_UNREACHABLE, HUB_REFUSED, HUB_NOT_FOUND, DOWNLOAD_FAILED, DOWNLOAD_DAMAGED or DISK_FULL.
 */
export async function downloadModel(asked: ModelDownload): Promise<DownloadedModel> {
  const access = await withSoundToken(asked.access, asked.signal, asked.onNote);
  const download = { ...asked, access };
  const folder = await DownloadFolder.open(download.folder);
  const isResumed = folder.plan !== undefined;
  const plan = folder.plan ?? (await beginAnew(download, folder));
  try {
    return await bring(download, folder, plan);
  } catch (error) {
    // The source of an earlier run may have been removed since.
    const isGone = error instanceof StudioError && error.code === "HUB_NOT_FOUND";
    if (!isResumed || !isGone) throw error;
    return bring(download, folder, await beginAnew(download, folder));
  }
}

async function beginAnew(download: ModelDownload, folder: DownloadFolder): Promise<DownloadPlan> {
  const { access, signal, onNote = () => {} } = download;
  const plan = await findPlan(download, { access, signal, onNote });
  await folder.begin(plan);
  return plan;
}

async function bring(
  download: ModelDownload,
  folder: DownloadFolder,
  plan: DownloadPlan,
): Promise<DownloadedModel> {
  const { onProgress = () => {}, freeBytes } = download;
  const held = new Map<string, number>();
  const hashes = new Map<string, string>();
  for (const file of plan.files) {
    const hash = await folder.doneHash(file);
    if (hash !== undefined) hashes.set(file.path, hash);
    const isDone = hash !== undefined;
    held.set(file.path, isDone ? file.sizeBytes : await partBytes(folder.partOf(file.path)));
  }
  const totalBytes = sumOf(plan.files);
  const report = (path: string, bytes: number): void => {
    held.set(path, bytes);
    onProgress({ doneBytes: sum(held.values()), totalBytes });
  };
  const missingBytes = Math.max(0, totalBytes - sum(held.values()));
  await demandSpace(download.folder, missingBytes, freeBytes);
  const missing = plan.files.filter(({ path }) => !hashes.has(path));
  try {
    const [first, others] = firstAndOthers(missing);
    const fetchWith = (access: HubAccess) => async (file: HubFile, signal: AbortSignal) => {
      const onBytes = (bytes: number): void => report(file.path, bytes);
      const way = { access, folder, plan, signal, onBytes };
      hashes.set(file.path, await downloadHubFile(file, way));
    };
    // The first request shows within seconds if the hub cannot be reached; the others wait out a broken connection.
    await eachAtOnce(first, download.signal, fetchWith(download.access));
    const patient = { ...download.access, reachMs: Infinity };
    await eachAtOnce(others, download.signal, fetchWith(patient));
  } catch (error) {
    throw inWords(error, dirname(download.folder), missingBytes);
  }
  const files = plan.files.map(({ path, sizeBytes }) => ({
    path,
    sizeBytes,
    sha256: hashes.get(path),
  }));
  const { repository, revision, variant, licence } = plan;
  return { repository, revision, variant, licence, files };
}

/** Configs are downloaded first, so that what is wrong shows before the large files. */
function firstAndOthers(
  files: readonly HubFile[],
): readonly [readonly HubFile[], readonly HubFile[]] {
  const sorted = files.toSorted((a, b) => a.sizeBytes - b.sizeBytes);
  return [sorted.slice(0, 1), sorted.slice(1)];
}

/** Runs work for each file, a few at a time. The first failure ends the others. */
async function eachAtOnce(
  files: readonly HubFile[],
  outer: AbortSignal | undefined,
  work: (file: HubFile, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const waiting = [...files];
  const inner = new AbortController();
  const signal = outer ? AbortSignal.any([outer, inner.signal]) : inner.signal;
  const failures: unknown[] = [];
  const workUntilDone = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      await work(file, signal);
    }
  };
  const works = Array.from({ length: AT_ONCE }, () =>
    workUntilDone().catch((error: unknown) => {
      failures.push(error);
      waiting.length = 0;
      inner.abort();
    }),
  );
  await Promise.all(works);
  outer?.throwIfAborted();
  if (failures.length > 0) throw failures[0];
}

function inWords(error: unknown, folder: string, neededBytes: number): unknown {
  if (isDiskFull(error)) return diskFull(folder, neededBytes);
  const reason = systemCode(error) ?? "";
  if (!["EACCES", "EPERM", "EROFS", "EIO"].includes(reason)) return error;
  return new StudioError("DATA_FOLDER_UNUSABLE", { path: folder, reason }, { cause: error });
}

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}
