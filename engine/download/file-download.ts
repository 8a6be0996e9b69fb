import { open, type FileHandle } from "node:fs/promises";
import type { StudioError } from "../contract/errors.ts";
import { get, refuseStatus, type Http, type Reply } from "./http.ts";
import { Interrupted, persist } from "./persist.ts";
import { discardPart, partBytes, PartHash, resumable, startPart, type Held } from "./part.ts";

/** A file of known length being downloaded into the file `part`, which survives between runs. */
export interface FileDownload {
  readonly url: string;
  readonly sizeBytes: number;
  readonly part: string;
  readonly algorithm: "sha256" | "sha512";
  /** `authorization` is sent to the first origin only. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly http: Http;
  /** Called with the bytes downloaded so far; fewer than before if it had to start again. */
  readonly onBytes: (held: number) => void;
  /** The refusal when the bytes are not the file's. */
  readonly damaged: (url: string, reason: string) => StudioError;
}

/**
 * Downloads a file into `part`, resuming where an earlier run stopped, and returns its hash, computed while writing. A
 * part that turns out wrong is deleted; one that is incomplete, because of the network, a full disk, a kill or a
 * cancel, stays. A failed write rejects with the system error.
 */
export async function downloadFile(download: FileDownload): Promise<Buffer> {
  const { url, sizeBytes, part, http } = download;
  const hash = new PartHash(part, download.algorithm);
  if (sizeBytes === 0) await startPart(part, null);
  let held = await partBytes(part);
  const grown = async () => {
    const before = held;
    held = await partBytes(part);
    return held > before;
  };
  await persist(url, http, () => fetchRest(download, hash), grown);
  await hash.catchUp(sizeBytes, http.signal);
  return hash.digest();
}

async function fetchRest(download: FileDownload, hash: PartHash) {
  const { url, sizeBytes, part, http, headers, onBytes } = download;
  const held = await resumable(part, sizeBytes);
  await hash.catchUp(held.bytes, http.signal);
  if (held.bytes === sizeBytes) return onBytes(held.bytes);
  const asked = { ...headers, "accept-encoding": "identity", ...rangeHeaders(held) };
  const reply = await get(url, asked, http);
  try {
    const from = await startingPoint(reply, held, download);
    if (from === 0) hash.restart();
    await append(reply, from, download, hash);
  } finally {
    await reply.close();
  }
}

function rangeHeaders({ bytes, validator }: Held): Record<string, string> {
  return bytes > 0 && validator ? { range: `bytes=${bytes}-`, "if-range": validator } : {};
}

/**
 * Where `reply`'s body starts in the part. 206 continues; 200 means that the server does not support ranges or the file
 * changed (RFC 9110, 13.1.5), so the part starts again.
 */
async function startingPoint(reply: Reply, held: Held, download: FileDownload) {
  const { url, sizeBytes, part, http } = download;
  if (reply.status === 200) {
    if (isPacked(reply)) {
      // The content length is that of the compressed bytes, and ranges of them cannot be requested.
      await startPart(part, null);
      return 0;
    }
    const length = Number(reply.headers.get("content-length") ?? sizeBytes);
    if (length !== sizeBytes) throw wrongLength(download, length);
    await startPart(part, validatorOf(reply));
    return 0;
  }
  if (reply.status === 206) return rangeStart(reply, held, download);
  if (reply.status === 416) return giveUpPart(part, `the server has nothing after ${held.bytes}`);
  return refuseStatus(url, reply, http);
}

async function rangeStart(reply: Reply, held: Held, download: FileDownload) {
  const { part, sizeBytes } = download;
  if (isPacked(reply)) return giveUpPart(part, "the server sent a piece of the packed file");
  const range = reply.headers.get("content-range") ?? "";
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range) ?? [];
  if (total !== undefined && Number(total) !== sizeBytes)
    throw wrongLength(download, Number(total));
  const kind = held.validator?.startsWith('"') ? "etag" : "last-modified";
  if ((reply.headers.get(kind) ?? held.validator) !== held.validator) {
    return giveUpPart(part, "the file changed on the server");
  }
  if (held.bytes > 0 && Number(start) === held.bytes) return held.bytes;
  return giveUpPart(part, `the server sent other bytes than asked for (${range})`);
}

/** Whether a server compressed the file although asked not to; fetch decompresses it. */
function isPacked({ headers }: Reply): boolean {
  const encoding = headers.get("content-encoding") ?? "";
  return !["", "identity"].includes(encoding.trim().toLowerCase());
}

async function giveUpPart(part: string, reason: string): Promise<never> {
  await discardPart(part);
  throw new Interrupted(reason);
}

// Bytes are written at their own offset, never just appended, so two simultaneous runs write the same bytes to the same
// places.
async function append(
  { chunks }: Reply,
  from: number,
  { url, sizeBytes, part, onBytes, damaged }: FileDownload,
  hash: PartHash,
): Promise<void> {
  let at = from;
  await using file = await open(part, "r+");
  onBytes(from);
  for await (const chunk of chunks) {
    if (at + chunk.byteLength > sizeBytes) {
      await discardPart(part);
      throw damaged(url, `it is longer than ${sizeBytes} bytes`);
    }
    await writeFully(file, chunk, at);
    hash.add(chunk, at);
    at += chunk.byteLength;
    onBytes(at);
  }
  if (at < sizeBytes) throw new Interrupted(`it ended after ${at} of ${sizeBytes} bytes`);
}

async function writeFully(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, at + done);
    done += bytesWritten;
  }
}

/** A strong ETag, otherwise the date; a weak ETag is not allowed in If-Range (RFC 9110, 13.1.5). */
function validatorOf({ headers }: Reply): string | null {
  const etag = headers.get("etag");
  return etag !== null && !etag.startsWith("W/") ? etag : headers.get("last-modified");
}

function wrongLength({ url, sizeBytes, damaged }: FileDownload, length: number): StudioError {
  return damaged(url, `it is ${length} bytes long, not ${sizeBytes}`);
}
