import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { HEADER_LENGTH, type MessageBody } from "../../kserve/wire/framing.ts";

/** Largest body, as it comes and unpacked: 100 prompts of 40 kB fit, and a picture does not. */
export const MAX_BODY_BYTES = 8 << 20;
const BODY_LIMIT = `${MAX_BODY_BYTES >> 20} MiB, compressed or not`;

/** Pieces that a body may come in; networks make thousands of eight megabytes, not more. */
const MAX_CHUNKS = 65_536;

/** Room for a request as most are. */
const FIRST_BYTES = 16 << 10;

/** A request's body, unpacked, within its limits. Throws BODY_TOO_LARGE, ENCODING_UNKNOWN, REQUEST_INVALID. */
export async function readBody({ raw, headers }: FastifyRequest): Promise<MessageBody> {
  const unpack = unpackerFor(headers["content-encoding"]);
  if (Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge(BODY_LIMIT);
  const bytes = await unpack(await gather(raw));
  const headerLength = headers[HEADER_LENGTH];
  return headerLength === undefined ? { bytes } : { bytes, headerLength: String(headerLength) };
}

type Unpacker = (bytes: Buffer) => Promise<Uint8Array>;

const inflateAsync = promisify<InputType, ZlibOptions, Buffer>(inflate);
const inflateRawAsync = promisify<InputType, ZlibOptions, Buffer>(inflateRaw);

const UNPACKERS: Readonly<Record<string, Unpacker>> = {
  "": async (bytes) => bytes,
  identity: async (bytes) => bytes,
  gzip: unpacker(promisify<InputType, ZlibOptions, Buffer>(gunzip)),
  // HTTP means zlib's format by it; some clients send what it wraps.
  deflate: (bytes) => unpacker(hasZlibHeader(bytes) ? inflateAsync : inflateRawAsync)(bytes),
};

function unpackerFor(header: string | undefined): Unpacker {
  const encoding = (header ?? "").trim().toLowerCase();
  const unpack = Object.hasOwn(UNPACKERS, encoding) ? UNPACKERS[encoding] : undefined;
  if (unpack !== undefined) return unpack;
  throw new StudioError("ENCODING_UNKNOWN", { encoding: encoding.slice(0, 40) });
}

function unpacker(
  unpack: (bytes: InputType, options: ZlibOptions) => Promise<Buffer>,
): (bytes: Buffer) => Promise<Uint8Array> {
  return async (bytes) => {
    try {
      return await unpack(bytes, { maxOutputLength: MAX_BODY_BYTES });
    } catch (error) {
      const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(BODY_LIMIT);
      throw unreadable("its content is not what its Content-Encoding says");
    }
  };
}

function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes.readUInt8(0) & 15) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/**
 * Everything that comes, in one buffer that grows: a body of a million pieces costs no more than one of
 * a few. What comes after a refusal is let pass, so that the client gets to read it.
 */
function gather(raw: IncomingMessage): Promise<Buffer> {
  let buffer: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let size = 0;
  let chunks = 0;
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      chunks++;
      if (size + chunk.length > MAX_BODY_BYTES) return turnAway(BODY_LIMIT);
      if (chunks > MAX_CHUNKS) return turnAway(`${MAX_CHUNKS} pieces`);
      if (size + chunk.length > buffer.length) buffer = grown(buffer, size + chunk.length);
      chunk.copy(buffer, size);
      size += chunk.length;
    };
    const turnAway = (limit: string): void => {
      raw.off("data", take).resume();
      reject(tooLarge(limit));
    };
    raw.on("data", take);
    raw.once("end", () => resolve(buffer.subarray(0, size)));
    raw.once("error", () => reject(unreadable("it ends too early")));
    raw.once("close", () => reject(unreadable("it ends too early")));
  });
}

function grown(buffer: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.min(MAX_BODY_BYTES, Math.max(needed, 2 * buffer.length)));
  buffer.copy(larger);
  return larger;
}

function tooLarge(limit: string): StudioError {
  return new StudioError("BODY_TOO_LARGE", { limit });
}

function unreadable(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The body", value: "read", reason });
}
