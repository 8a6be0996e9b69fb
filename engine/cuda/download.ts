import { open, readFile, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";

import { StudioError } from "../contract/errors.ts";
import { hashFile, writingTo } from "./disk.ts";
import { get, Interrupted, persist, refuseStatus, type Http, type Reply } from "./http.ts";
import { progressMeter, type CudaProgress } from "./progress.ts";
import type { PackagePin } from "./source.ts";

/** A package on its way into the file `part`, which survives between runs. */
export interface PackageDownload {
  readonly pin: PackagePin;
  readonly part: string;
  readonly http: Http;
  readonly now: () => number;
  readonly onProgress: (progress: CudaProgress) => void;
}

/** The refusal for bytes that are not the pinned package's. */
export function downloadDamaged(url: string, reason: string): StudioError {
  return new StudioError("CUDA_DOWNLOAD_DAMAGED", { url, reason });
}

/** How much of the package `part` holds. */
export async function partBytes(part: string): Promise<number> {
  const found = await stat(part).catch(() => null);
  return found?.size ?? 0;
}

/** Forgets a part and what was known of it. */
export async function discardPart(part: string): Promise<void> {
  await Promise.all([part, validatorFile(part)].map((file) => rm(file, { force: true })));
}

/**
 * Brings `part` to its full length, going on where an earlier run stopped, and checks its SHA-512.
 * When it returns, `part` is the pinned package. A part that turns out wrong is discarded; one that
 * is only cut short, by the network, a kill or a cancel, stays.
 */
export async function downloadPackage(download: PackageDownload): Promise<void> {
  const { pin, part, http, onProgress } = download;
  const meter = progressMeter(pin.sizeBytes, download.now);
  let held = await partBytes(part);
  const grown = async () => {
    const before = held;
    held = await partBytes(part);
    return held > before;
  };
  const report = (receivedBytes: number) => {
    const progress = meter(receivedBytes);
    if (progress) onProgress(progress);
  };
  await persist(pin.url, http, () => fetchRest(download, report), grown);
  onProgress({ stage: "checking" });
  const sha512 = (await hashFile(part, "sha512", http.signal)).toString("base64");
  if (sha512 === pin.sha512) return;
  await discardPart(part);
  throw downloadDamaged(pin.url, `its SHA-512 is ${brief(sha512)}, not ${brief(pin.sha512)}`);
}

async function fetchRest(download: PackageDownload, report: (bytes: number) => void) {
  const { pin, part, http } = download;
  const held = await resumable(part, pin);
  if (held.bytes === pin.sizeBytes) return report(held.bytes);
  const headers = { "accept-encoding": "identity", ...rangeHeaders(held) };
  const reply = await get(pin.url, headers, http);
  try {
    const from = await startingPoint(reply, held, download);
    await append(reply, from, download, report);
  } finally {
    await reply.close();
  }
}

interface Held {
  readonly bytes: number;
  readonly validator: string | null;
}

/** What can be continued: bytes that a strong validator ties to one version of the file. */
async function resumable(part: string, pin: PackagePin): Promise<Held> {
  const bytes = await partBytes(part);
  const validator = await readFile(validatorFile(part), "utf8").catch(() => null);
  if (bytes === pin.sizeBytes || (bytes < pin.sizeBytes && validator)) return { bytes, validator };
  await discardPart(part);
  return { bytes: 0, validator: null };
}

function rangeHeaders({ bytes, validator }: Held): Record<string, string> {
  return bytes > 0 && validator ? { range: `bytes=${bytes}-`, "if-range": validator } : {};
}

/**
 * Where the body of `reply` belongs in the part. 206 goes on where we stopped; 200 means the server
 * knows no ranges or the file changed (RFC 9110, 13.1.5), so the part starts anew.
 */
async function startingPoint(reply: Reply, held: Held, { pin, part }: PackageDownload) {
  if (reply.status === 200) {
    const length = Number(reply.headers.get("content-length") ?? pin.sizeBytes);
    if (length !== pin.sizeBytes) throw wrongLength(pin, length);
    await startAnew(part, validatorOf(reply));
    return 0;
  }
  if (reply.status === 206) return rangeStart(reply, held, pin, part);
  if (reply.status === 416) return giveUpPart(part, `the server has nothing after ${held.bytes}`);
  return refuseStatus(pin.url, reply);
}

async function rangeStart(reply: Reply, held: Held, pin: PackagePin, part: string) {
  const range = reply.headers.get("content-range") ?? "";
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range) ?? [];
  if (total !== undefined && Number(total) !== pin.sizeBytes) throw wrongLength(pin, Number(total));
  const kind = held.validator?.startsWith('"') ? "etag" : "last-modified";
  if ((reply.headers.get(kind) ?? held.validator) !== held.validator) {
    return giveUpPart(part, "the file changed on the server");
  }
  if (held.bytes > 0 && Number(start) === held.bytes) return held.bytes;
  return giveUpPart(part, `the server sent other bytes than asked for (${range})`);
}

async function giveUpPart(part: string, reason: string): Promise<never> {
  await discardPart(part);
  throw new Interrupted(reason);
}

// Bytes go to their own place in the file, never merely to its end, so two runs at once write the
// same bytes to the same places.
async function append(
  { chunks }: Reply,
  from: number,
  { pin, part }: PackageDownload,
  report: (bytes: number) => void,
): Promise<void> {
  const need = { folder: dirname(part), bytes: pin.sizeBytes - from };
  let at = from;
  await using file = await open(part, "r+");
  report(from);
  for await (const chunk of chunks) {
    if (at + chunk.byteLength > pin.sizeBytes) {
      await discardPart(part);
      throw downloadDamaged(pin.url, `it is longer than ${pin.sizeBytes} bytes`);
    }
    await writingTo(need, () => writeFully(file, chunk, at)).catch(freeing(part));
    at += chunk.byteLength;
    report(at);
  }
  if (at < pin.sizeBytes) throw new Interrupted(`it ended after ${at} of ${pin.sizeBytes} bytes`);
}

async function writeFully(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, at + done);
    done += bytesWritten;
  }
}

// DISK_FULL says that nothing half-written was kept.
function freeing(part: string) {
  return async (error: unknown): Promise<never> => {
    await discardPart(part);
    throw error;
  };
}

/** The validator is written before the first byte it speaks for. */
async function startAnew(part: string, validator: string | null): Promise<void> {
  await writingTo({ folder: dirname(part), bytes: 0 }, async () => {
    await writeFile(part, "");
    await writeFile(validatorFile(part), validator ?? "");
  });
}

/** A strong ETag, or else the date; a weak ETag may not stand in If-Range (RFC 9110, 13.1.5). */
function validatorOf({ headers }: Reply): string | null {
  const etag = headers.get("etag");
  return etag !== null && !etag.startsWith("W/") ? etag : headers.get("last-modified");
}

function validatorFile(part: string): string {
  return `${part}.validator`;
}

function wrongLength(pin: PackagePin, length: number): StudioError {
  return downloadDamaged(pin.url, `it is ${length} bytes long, not ${pin.sizeBytes}`);
}

function brief(sha512: string): string {
  return `${sha512.slice(0, 16)}…`;
}
