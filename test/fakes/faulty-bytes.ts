import { gzipSync } from "node:zlib";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** Something that goes wrong, once or a number of times, with what is asked for. */
export interface Fault {
  /** Which paths it meets: those that contain this. */
  readonly path: string;
  /** How often; once where nothing is said. */
  readonly times?: number;
  /** Breaks the connection after so many bytes of the answer. */
  readonly cutAfter?: number;
  /** Answers with this status instead, and the hub's own word for why. */
  readonly status?: number;
  readonly errorCode?: string;
  /** Sends other bytes of the same length. */
  readonly isWrong?: boolean;
  /** Knows no ranges. */
  readonly hasNoRanges?: boolean;
  /** Packs them with gzip, asked or not, and tells the packed length. */
  readonly isPacked?: boolean;
  /** Has another validator than before: the file was uploaded anew. */
  readonly etag?: string;
  /** Answers with this text, which the hub would not say. */
  readonly body?: string;
  readonly bytesPerSecond?: number | undefined;
}

/** Bytes that are asked for, and what is to go wrong with them. */
interface Serving {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly fault: Omit<Fault, "path">;
}

/** Serves bytes as a good server does, whole or from where Range and If-Range ask, but for the fault. */
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

/** Where the answer begins: ranges are given only of the version that was asked for. */
function startOf({ headers }: IncomingMessage, etag: string): number {
  const wanted = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1];
  return wanted !== undefined && headers["if-range"] === etag ? Number(wanted) : 0;
}

/** All at once, or ten pieces a second. */
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
