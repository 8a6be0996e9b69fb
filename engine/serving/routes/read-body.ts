import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw, type InputType, type ZlibOptions } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { StudioError } from "../../contract/errors.ts";
import { Turns } from "../../files/turns.ts";
import { HEADER_LENGTH, type MessageBody } from "../../kserve/wire/framing.ts";
import { isSystemError } from "../../files/system-error.ts";

/** Maximum size of a body, both as sent and decompressed: enough for 100 prompts of 40 kB. */
export const MAX_BODY_BYTES = 8 << 20;
const BODY_LIMIT = `${MAX_BODY_BYTES >> 20} MiB, compressed or not`;

/** Maximum number of chunks in a body; networks split eight megabytes into thousands, not more. */
const MAX_CHUNKS = 65_536;

/** Enough for most requests. */
const FIRST_BYTES = 16 << 10;

/** Limit for all bodies being received together; a thousand slow clients reach it. */
const MAX_HELD_BYTES = 128 << 20;
const HELD_LIMIT = { limit: `${MAX_HELD_BYTES >> 20} MiB`, seconds: 5 };

/** Reads the bodies of requests, limited individually and in total. */
export class BodyReader {
  readonly #maxHeldBytes: number;
  readonly #unpacking = new Turns();
  #heldBytes = 0;

  constructor(maxHeldBytes = MAX_HELD_BYTES) {
    this.#maxHeldBytes = maxHeldBytes;
  }

  /** A decompressed body. Throws BODY_TOO_LARGE, BODIES_TOO_MANY, ENCODING_UNKNOWN, REQUEST_INVALID. */
  async read({ raw, headers }: FastifyRequest): Promise<MessageBody> {
    const unpack = unpackerFor(headers["content-encoding"]);
    if (Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES) throw tooLarge(BODY_LIMIT);
    const body = new GrowingBody((bytes) => this.#hold(bytes));
    try {
      const packed = await gather(raw, body);
      const bytes = unpack === asItIs ? packed : await this.#unpacked(raw, () => unpack(packed));
      const headerLength = headers[HEADER_LENGTH];
      return headerLength === undefined ? { bytes } : { bytes, headerLength: String(headerLength) };
    } finally {
      this.#heldBytes -= body.heldBytes;
    }
  }

  /** Counts data that are kept until the reply has ended, such as a start image. Throws BODIES_TOO_MANY. */
  hold(bytes: number, { raw }: FastifyReply): void {
    if (raw.closed) return;
    this.#hold(bytes);
    raw.once("close", () => (this.#heldBytes -= bytes));
  }

  /** Decompresses one body at a time: kilobytes become megabytes, and a thousand at once would use up the memory. */
  #unpacked(raw: IncomingMessage, unpack: () => Promise<Uint8Array>): Promise<Uint8Array> {
    return this.#unpacking.take(() => {
      if (raw.socket.destroyed) throw unreadable("its client has gone");
      return unpack();
    });
  }

  #hold(bytes: number): void {
    if (this.#heldBytes + bytes > this.#maxHeldBytes)
      throw new StudioError("BODIES_TOO_MANY", HELD_LIMIT);
    this.#heldBytes += bytes;
  }
}

type Unpacker = (bytes: Buffer) => Promise<Uint8Array>;

const inflateAsync = promisify<InputType, ZlibOptions, Buffer>(inflate);
const inflateRawAsync = promisify<InputType, ZlibOptions, Buffer>(inflateRaw);

const UNPACKERS: Readonly<Record<string, Unpacker>> = {
  "": asItIs,
  identity: asItIs,
  gzip: unpacker(promisify<InputType, ZlibOptions, Buffer>(gunzip)),
  // In HTTP this means zlib's format; some clients send raw deflate data.
  deflate: (bytes) => unpacker(hasZlibHeader(bytes) ? inflateAsync : inflateRawAsync)(bytes),
};

async function asItIs(bytes: Buffer): Promise<Uint8Array> {
  return bytes;
}

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
      if (isSystemError(error, "ERR_BUFFER_TOO_LARGE")) throw tooLarge(BODY_LIMIT);
      throw unreadable("its content is not what its Content-Encoding says");
    }
  };
}

function hasZlibHeader(bytes: Buffer): boolean {
  return bytes.length >= 2 && (bytes.readUInt8(0) & 15) === 8 && bytes.readUInt16BE(0) % 31 === 0;
}

/** Collects the body. After a refusal the rest is discarded, so that the client can read the reply. */
function gather(raw: IncomingMessage, body: GrowingBody): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      try {
        body.append(chunk);
      } catch (error) {
        raw.off("data", take).resume();
        reject(error);
      }
    };
    raw.on("data", take);
    raw.once("end", () => resolve(body.bytes()));
    raw.once("error", () => reject(unreadable("it ends too early")));
    raw.once("close", () => reject(unreadable("it ends too early")));
  });
}

/** A single growing buffer: a body of a million chunks takes no more memory than one of a few. */
class GrowingBody {
  readonly #hold: (bytes: number) => void;
  #buffer: Buffer = Buffer.alloc(0);
  #size = 0;
  #chunks = 0;

  /** `hold` is called before it grows, with the additional bytes, and may refuse. */
  constructor(hold: (bytes: number) => void) {
    this.#hold = hold;
  }

  get heldBytes(): number {
    return this.#buffer.length;
  }

  append(chunk: Buffer): void {
    const size = this.#size + chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge(BODY_LIMIT);
    if (++this.#chunks > MAX_CHUNKS) throw tooLarge(`${MAX_CHUNKS} pieces`);
    if (size > this.#buffer.length) this.#grow(size);
    chunk.copy(this.#buffer, this.#size);
    this.#size = size;
  }

  bytes(): Buffer {
    return this.#buffer.subarray(0, this.#size);
  }

  #grow(needed: number): void {
    const wanted = Math.max(needed, 2 * this.#buffer.length, FIRST_BYTES);
    const length = Math.min(MAX_BODY_BYTES, wanted);
    this.#hold(length - this.#buffer.length);
    const larger = Buffer.allocUnsafe(length);
    this.bytes().copy(larger);
    this.#buffer = larger;
  }
}

export function isForm(contentType: string): boolean {
  return /^multipart\/form-data\b/i.test(contentType);
}

/** The parts of a form. Throws REQUEST_INVALID if it is not complete. */
export async function formIn(bytes: Uint8Array, contentType: string): Promise<FormData> {
  const headers = { "content-type": contentType };
  return new Response(new Uint8Array(bytes), { headers }).formData().catch(() => {
    throw unreadable("the form is not complete");
  });
}

function tooLarge(limit: string): StudioError {
  return new StudioError("BODY_TOO_LARGE", { limit });
}

function unreadable(reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field: "The body", value: "read", reason });
}
