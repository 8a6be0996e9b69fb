import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { downloadFile } from "../download/file-download.ts";
import { discardPart } from "../download/part.ts";
import type { DownloadFolder, DownloadPlan } from "./download-plan.ts";
import { fileRefusal } from "./file-refusal.ts";
import { authorizationFor, fileAddress, httpOf, type HubAccess } from "./hub-access.ts";
import type { HubFile } from "./repository.ts";

/** What one file needs to know about the whole download. */
export interface FileWay {
  readonly access: HubAccess;
  readonly folder: DownloadFolder;
  readonly plan: DownloadPlan;
  readonly signal: AbortSignal;
  readonly onBytes: (held: number) => void;
}

/** Downloads one file, compares it with the publisher's hash, moves it to its place, and returns its sha256. */
export async function downloadHubFile(file: HubFile, way: FileWay): Promise<string> {
  const { access, folder, plan, signal, onBytes } = way;
  const { path, sizeBytes } = file;
  const part = folder.partOf(path);
  const place = folder.placeOf(path);
  await mkdir(dirname(part), { recursive: true });
  await mkdir(dirname(place), { recursive: true });
  const url = fileAddress(access, plan, path);
  const http = httpOf(access, { signal, failed: fileRefusal(access, plan, path) });
  const damaged = (_: string, reason: string) => damage(path, reason);
  const headers = authorizationFor(url, access);
  const how = { url, sizeBytes, part, headers, http, onBytes, damaged };
  const sha256 = (await downloadFile({ ...how, algorithm: "sha256" })).toString("hex");
  const fault = await faultOf(file, part, sha256);
  if (fault !== undefined) {
    await discardPart(part);
    onBytes(0);
    throw damage(path, fault);
  }
  await syncFile(part);
  await folder.finish(path, sha256);
  await rename(part, place);
  await discardPart(part);
  return sha256;
}

async function faultOf(file: HubFile, part: string, sha256: string): Promise<string | undefined> {
  if (file.sha256 !== undefined) {
    return sha256 === file.sha256 ? undefined : differs("SHA-256", sha256, file.sha256);
  }
  if (file.gitHash === undefined) return undefined;
  const gitHash = await gitHashOf(part);
  return gitHash === file.gitHash ? undefined : differs("git hash", gitHash, file.gitHash);
}

/** Git's hash of a file's content, which the hub gives for small files. */
async function gitHashOf(path: string): Promise<string> {
  const hash = createHash("sha1").update(`blob ${(await stat(path)).size}\0`);
  const pieces: AsyncIterable<Buffer> = createReadStream(path);
  for await (const piece of pieces) hash.update(piece);
  return hash.digest("hex");
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, "r+");
  await file.sync();
}

function differs(what: string, found: string, wanted: string): string {
  return `its ${what} is ${found.slice(0, 12)}…, not ${wanted.slice(0, 12)}…`;
}

function damage(file: string, reason: string): StudioError {
  return new StudioError("DOWNLOAD_DAMAGED", { file, reason });
}
