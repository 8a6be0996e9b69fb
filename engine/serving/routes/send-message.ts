import { pipeline, Readable } from "node:stream";
import { constants, createDeflate, createGzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { EncodedMessage } from "../../kserve/wire/encoded-message.ts";

/** Smaller messages do not benefit. */
const MIN_COMPRESSED_BYTES = 1024;

/** The fastest level: compresses eight megabytes of numbers to two and a half in a tenth of a second. */
const LEVEL = { level: constants.Z_BEST_SPEED };

const ENCODERS = { gzip: () => createGzip(LEVEL), deflate: () => createDeflate(LEVEL) };
type Encoding = keyof typeof ENCODERS;

/**
 * Sends a message as fast as its client reads it, generating each piece on demand; compressed in another thread if the
 * client accepts that.
 */
export function sendMessage(
  request: FastifyRequest,
  reply: FastifyReply,
  { headers, sizeBytes, chunks }: EncodedMessage,
): FastifyReply {
  endWhereStalled(reply);
  reply.headers(headers).header("vary", varyOf(reply));
  const source = Readable.from(chunks, { objectMode: false });
  const encoding = encodingFor(request, sizeBytes);
  if (encoding === undefined) return reply.header("content-length", sizeBytes).send(source);
  // If the client disconnects, both streams end and there is no one to notify.
  const packed = pipeline(source, ENCODERS[encoding](), () => {});
  return reply.header("content-encoding", encoding).send(packed);
}

/** The listener's own Vary header, plus the client's accepted encodings. */
function varyOf({ raw }: FastifyReply): string {
  const own = raw.getHeader("vary");
  return own === undefined ? "accept-encoding" : `${String(own)}, accept-encoding`;
}

/** A client that reads nothing for this long would keep pictures in memory for nothing. */
const STALLED_MS = 60_000;

/** Ends a reply that its client does not read. */
export function endWhereStalled({ raw }: FastifyReply): void {
  raw.setTimeout(STALLED_MS, () => raw.destroy());
}

function encodingFor({ headers }: FastifyRequest, sizeBytes: number): Encoding | undefined {
  if (sizeBytes < MIN_COMPRESSED_BYTES) return undefined;
  return acceptedEncoding(headers["accept-encoding"]);
}

/** The client's preferred encoding; undefined if it prefers none, or none that we have. */
export function acceptedEncoding(header: string | string[] | undefined): Encoding | undefined {
  const shares = new Map(
    String(header ?? "")
      .toLowerCase()
      .split(",")
      .map(toShare),
  );
  const shareOf = (name: string, otherwise: number): number =>
    shares.get(name) ?? shares.get("*") ?? otherwise;
  const gzip = shareOf("gzip", shareOf("x-gzip", 0));
  const deflate = shares.get("deflate") ?? 0;
  const best = deflate > gzip ? "deflate" : "gzip";
  const share = Math.max(gzip, deflate);
  return share > 0 && share >= (shares.get("identity") ?? 0) ? best : undefined;
}

function toShare(choice: string): [string, number] {
  const [name = "", ...parameters] = choice.split(";").map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const share = Number(quality ?? 1);
  return [name, Number.isFinite(share) ? share : 0];
}
