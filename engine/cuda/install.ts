import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { StudioError } from "../contract/errors.ts";
import { ensureSpace, writingTo } from "./disk.ts";
import type { Fetch, Http } from "../download/http.ts";
import { discardPart, partBytes } from "../download/part.ts";
import { proxiedFetch } from "../download/proxied-fetch.ts";
import { downloadDamaged, downloadFailed, downloadPackage } from "./download.ts";
import { platformObstacle, surveyLibraries, thisMachine, type CudaEnvironment } from "./machine.ts";
import {
  dependenciesOf,
  ensureFolder,
  place,
  readPlacement,
  removePlacement,
  type Receipt,
} from "./placement.ts";
import type { CudaProgress } from "./progress.ts";
import type { CudaProbe, CudaReport } from "./report.ts";
import { missingAfterMatMul, missingParts } from "./requirements.ts";
import { CUDA_SOURCE, type CudaSource, type PackagePin } from "./source.ts";
import { pinFor } from "./statement.ts";
import { unpackLibraries } from "./unpack.ts";

/** What `installCuda` works with; everything but the first three has a default. */
export interface CudaOptions {
  /** The folder of onnxruntime-node's binding for Linux x64. */
  readonly targetFolder: string;
  /** Where a half-fetched package and the publisher's pin are kept. */
  readonly cacheFolder: string;
  /** One MatMul on the CUDA device, in a process of its own. */
  readonly probe: () => Promise<CudaProbe>;
  readonly source?: CudaSource;
  readonly environment?: CudaEnvironment;
  readonly onProgress?: (progress: CudaProgress) => void;
  readonly signal?: AbortSignal;
  readonly fetch?: Fetch;
  readonly stallMs?: number;
  readonly pausesMs?: readonly number[];
  readonly now?: () => number;
}

type Job = Required<Omit<CudaOptions, "signal" | "fetch" | "stallMs" | "pausesMs">> & {
  readonly http: Http;
};

const PATIENCE = { stallMs: 30_000, pausesMs: [1_000, 4_000, 15_000, 30_000], reachMs: 5_000 };

/**
 * Fetches the CUDA libraries, puts them beside onnxruntime-node's binding, and says what else the
 * machine needs. Asks nothing of the network where they are there already. Refuses with
 * CUDA_UNSUPPORTED, CUDA_DOWNLOAD_FAILED, CUDA_DOWNLOAD_DAMAGED or DISK_FULL; a cancel rejects with
 * the signal's reason and leaves what was fetched for the next run.
 */
export async function installCuda(options: CudaOptions): Promise<CudaReport> {
  const job = jobOf(options);
  const obstacle = platformObstacle(job.environment);
  if (obstacle !== null) throw new StudioError("CUDA_UNSUPPORTED", { reason: obstacle });
  await ensureFolder(job.targetFolder);
  const there = await readPlacement(job.targetFolder, job.source, job.http.signal);
  const receipt = there ?? (await fetchAndPlace(job));
  return {
    installed: there === null ? "placed" : "already there",
    version: receipt.version,
    folder: job.targetFolder,
    libraries: receipt.libraries.map((library) => library.name),
    trust: receipt.trust,
    ...(await probeMachine(job)),
  };
}

/**
 * Removes the libraries that `installCuda` placed and any half-fetched package; the publisher's pin
 * stays, so that a later install is held to the same bytes. Tells which files went.
 */
export async function uninstallCuda(
  options: Pick<CudaOptions, "targetFolder" | "cacheFolder" | "source">,
): Promise<readonly string[]> {
  const { targetFolder, cacheFolder, source = CUDA_SOURCE } = options;
  await discardPart(partFile(cacheFolder, source));
  return writingTo({ folder: targetFolder, bytes: 0 }, () => removePlacement(targetFolder, source));
}

/** Removes a half-fetched package; what was placed stays. */
export function discardCudaPackage({
  cacheFolder,
  source = CUDA_SOURCE,
}: Pick<CudaOptions, "cacheFolder" | "source">): Promise<void> {
  return discardPart(partFile(cacheFolder, source));
}

function jobOf(options: CudaOptions): Job {
  const { fetch = proxiedFetch(), stallMs, pausesMs, signal, ...rest } = options;
  return {
    source: CUDA_SOURCE,
    environment: thisMachine(),
    onProgress: () => {},
    now: () => performance.now(),
    ...rest,
    http: {
      fetch,
      failed: downloadFailed,
      stallMs: stallMs ?? PATIENCE.stallMs,
      pausesMs: pausesMs ?? PATIENCE.pausesMs,
      reachMs: PATIENCE.reachMs,
      signal,
    },
  };
}

async function fetchAndPlace(job: Job): Promise<Receipt> {
  const { source, cacheFolder, targetFolder, http, onProgress, now } = job;
  const part = partFile(cacheFolder, source);
  await writingTo({ folder: cacheFolder, bytes: 0 }, () => mkdir(cacheFolder, { recursive: true }));
  if (!source.pin) onProgress({ stage: "asking" });
  const pin = await pinFor(source, cacheFolder, http);
  const unpackedBytes = source.libraries.reduce((sum, library) => sum + library.expectedBytes, 0);
  const missingBytes = Math.max(0, pin.sizeBytes - (await partBytes(part)));
  await ensureSpace(
    [
      { folder: cacheFolder, bytes: missingBytes },
      { folder: targetFolder, bytes: unpackedBytes },
    ],
    job.environment.freeBytes,
  );
  await downloadPackage({ pin, part, http, onProgress, now });
  const receipt = await writingTo({ folder: targetFolder, bytes: unpackedBytes }, () =>
    place(targetFolder, (workplace) => fill(workplace, part, pin, job)),
  );
  await discardPart(part);
  return receipt;
}

/** Unpacks into `workplace`; a package that is not what it should be is forgotten. */
async function fill(workplace: string, part: string, pin: PackagePin, job: Job): Promise<Receipt> {
  const { source, http, onProgress } = job;
  const damaged = (reason: string) => downloadDamaged(pin.url, reason);
  try {
    const libraries = await unpackLibraries({
      archive: part,
      libraries: source.libraries,
      folder: workplace,
      signal: http.signal,
      onLibrary: (name) => onProgress({ stage: "unpacking", name }),
      damaged,
    });
    for (const { name } of libraries) {
      if (await dependenciesOf(join(workplace, name))) continue;
      throw damaged(`${name} is not a library for Linux x64`);
    }
    const trust = source.pin ? "pinned in the source" : "stated by the publisher";
    return { version: source.version, trust, libraries };
  } catch (error) {
    const spoilt = error instanceof StudioError && error.code === "CUDA_DOWNLOAD_DAMAGED";
    if (spoilt) await discardPart(part);
    throw error;
  }
}

/** A MatMul that ran proves driver and linked libraries; otherwise they are looked for one by one. */
async function probeMachine(job: Job): Promise<Pick<CudaReport, "missing" | "probe">> {
  const { source, targetFolder, environment, http, onProgress } = job;
  const needed: string[] = [];
  const runPath: string[] = [];
  for (const { name } of source.libraries) {
    const dependencies = await dependenciesOf(join(targetFolder, name));
    needed.push(...(dependencies?.needed ?? []));
    runPath.push(...(dependencies?.runPath ?? []));
  }
  const machine = await surveyLibraries(environment, targetFolder, { needed, runPath });
  http.signal?.throwIfAborted();
  onProgress({ stage: "probing" });
  const probe = await job.probe();
  const missing = probe.ok
    ? missingAfterMatMul(needed, machine)
    : missingParts([...new Set(needed)], machine);
  return { missing, probe };
}

function partFile(cacheFolder: string, { id, version }: CudaSource): string {
  return join(cacheFolder, `${id}.${version}.nupkg.part`);
}
