import { gzipSync } from "node:zlib";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A fault that affects requests, once or several times. */
export interface Fault {
  /** Affects paths that contain this. */
  readonly path: string;
  /** Number of times; once by default. */
  readonly times?: number;
  /** Breaks the connection after this many bytes of the answer. */
  readonly cutAfter?: number;
  /** Answers with this status instead, and with the hub's own reason. */
  readonly status?: number;
  readonly errorCode?: string;
  /** Sends other bytes of the same length. */
  readonly isWrong?: boolean;
  /** Does not support ranges. */
  readonly hasNoRanges?: boolean;
  /** Compresses with gzip, requested or not, and reports the compressed length. */
  readonly isPacked?: boolean;
  /** Has another validator than before, as if the file had been uploaded again. */
  readonly etag?: string;
  /** Answers with this text, which the hub would not send. */
  readonly body?: string;
  readonly bytesPerSecond?: number | undefined;
}

/** The requested bytes, and the fault. */
interface Serving {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly fault: Omit<Fault, "path">;
}

/** Serves bytes like a good server, whole or from where Range and If-Range say, except for the fault. */
export async function serveBytes({ request, response, bytes, ...serving }: Serving): Promise<void> {
  const { etag = serving.etag, hasNoRanges, isWrong, cutAfter, bytesPerSecond } = serving.fault;
  if (serving.fault.isPacked === true) return sendPacked(response, bytes, cutAfter);
  const from = hasNoRanges === true ? 0 : startOf(request, etag);
  if (from > 0 && from >= bytes.length) return void response.writeHead(416).end();
  const range = { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(from > 0 ? 206 : 200, {
    etag,
    "content-length": bytes.length - from,
    ...(from > 0 ? range : {}),
  });
  const body = isWrong === true ? bytes.map((byte) => byte ^ 1) : bytes;
  const end = from + (cutAfter ?? body.length);
  await send(response, body.subarray(from, end), bytesPerSecond);
  if (end < body.length) response.destroy();
  else response.end();
}

async function sendPacked(
  response: ServerResponse,
  bytes: Uint8Array,
  cutAfter?: number,
): Promise<void> {
  const packed = gzipSync(bytes);
  response.writeHead(200, {
    etag: '"packed"',
    "content-encoding": "gzip",
    "content-length": packed.length,
  });
  await send(response, packed.subarray(0, cutAfter));
  if (cutAfter === undefined) response.end();
  else response.destroy();
}

/** Where the answer starts: ranges are served only of the version that was requested. */
function startOf({ headers }: IncomingMessage, etag: string): number {
  const wanted = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1];
  return wanted !== undefined && headers["if-range"] === etag ? Number(wanted) : 0;
}

/** Sends all at once, or ten pieces a second. */
async function send(
  response: ServerResponse,
  bytes: Uint8Array,
  perSecond?: number,
): Promise<void> {
  const piece = Math.max(1, Math.ceil((perSecond ?? 10 * bytes.length) / 10));
  for (let at = 0; at < bytes.length && !response.destroyed; at += piece) {
    await new Promise((sent) => response.write(bytes.subarray(at, at + piece), sent));
    if (perSecond !== undefined && at + piece < bytes.length) await sleep(100);
  }
}
