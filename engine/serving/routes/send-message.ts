import { pipeline, Readable } from "node:stream";
import { constants, createDeflate, createGzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { EncodedMessage } from "../../kserve/wire/encoded-message.ts";

/** Below this nothing is gained. */
const MIN_COMPRESSED_BYTES = 1024;

/** The fastest: eight megabytes of numbers take a tenth of a second, and become two and a half. */
const LEVEL = { level: constants.Z_BEST_SPEED };

const ENCODERS = { gzip: () => createGzip(LEVEL), deflate: () => createDeflate(LEVEL) };
type Encoding = keyof typeof ENCODERS;

/**
 * Sends a message as fast as its client reads it, each piece made when it is asked for; packed, where
 * the client takes that, off this thread.
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
  // A client that went away ends both; nobody is left to be told.
  const packed = pipeline(source, ENCODERS[encoding](), () => {});
  return reply.header("content-encoding", encoding).send(packed);
}

/** What the listener says already, and that packing is the client's choice. */
function varyOf({ raw }: FastifyReply): string {
  const own = raw.getHeader("vary");
  return own === undefined ? "accept-encoding" : `${String(own)}, accept-encoding`;
}

/** A client that reads nothing for so long holds pictures in memory for nobody. */
const STALLED_MS = 60_000;

/** Ends a reply that its client does not read. */
export function endWhereStalled({ raw }: FastifyReply): void {
  raw.setTimeout(STALLED_MS, () => raw.destroy());
}

function encodingFor({ headers }: FastifyRequest, sizeBytes: number): Encoding | undefined {
  if (sizeBytes < MIN_COMPRESSED_BYTES) return undefined;
  return acceptedEncoding(headers["accept-encoding"]);
}

/** What a client would rather have than a reply as it is; undefined where that is nothing we have. */
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
