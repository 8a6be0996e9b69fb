import { type Json, type JsonLimits, type JsonObject, readJson } from "./json.ts";
import { unreadable } from "./json-scanner.ts";
import { asObject } from "./members.ts";
import { MessageFault, quote } from "./message-fault.ts";

/** The HTTP header with the number of bytes of JSON in a body; the rest are binary tensors. */
export const HEADER_LENGTH = "inference-header-content-length";

/** The decompressed body of a request or reply. */
export interface MessageBody {
  readonly bytes: Uint8Array;
  /** The value of the header Inference-Header-Content-Length as received. */
  readonly headerLength?: string | undefined;
}

/** A body split into its parts. `raw` is one whose header says 0: it consists of the single input's bytes. */
export type SplitBody =
  | { readonly kind: "message"; readonly message: Json; readonly binary: BinaryTensors }
  | { readonly kind: "raw"; readonly bytes: Uint8Array };

/**
 * Splits a body into its JSON and the binary tensors after it. Without the header the tensors start where the JSON
 * ends, since proxies remove headers they do not know. Throws MessageFault.
 */
export function splitBody({ bytes, headerLength }: MessageBody, limits: JsonLimits): SplitBody {
  const length = jsonLength(headerLength, bytes.length);
  if (length === 0) return { kind: "raw", bytes };
  const json = bytes.subarray(0, length ?? bytes.length);
  const { value: message, end } = readJson(json, limits);
  if (length === undefined) {
    const rest = bytes.subarray(end);
    return { kind: "message", message, binary: new BinaryTensors(isSpace(rest) ? NOTHING : rest) };
  }
  if (!isSpace(json.subarray(end))) throw unreadable(`the JSON ends at byte ${end} of ${length}`);
  return { kind: "message", message, binary: new BinaryTensors(bytes.subarray(length)) };
}

/** A body that is a single JSON object. Throws MessageFault. */
export function readMessage(bytes: Uint8Array, limits: JsonLimits): JsonObject {
  const { value, end } = readJson(bytes, limits);
  if (isSpace(bytes.subarray(end))) return asObject(value, "The body");
  throw unreadable(`${bytes.length - end} bytes follow the JSON`);
}

const NOTHING = new Uint8Array();

/** Line breaks and spaces that some clients append to their JSON. Binary data are rarely that short. */
function isSpace(bytes: Uint8Array): boolean {
  return bytes.length <= MAX_SPACE && bytes.every((byte) => SPACES.has(byte));
}

const MAX_SPACE = 64;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x0a, 0x0d, 0x09]);

function jsonLength(header: string | undefined, sizeBytes: number): number | undefined {
  if (header === undefined) return undefined;
  const length = /^\d{1,15}$/.test(header) ? Number(header) : undefined;
  if (length === undefined) {
    throw new MessageFault(
      "Inference-Header-Content-Length",
      quote(header),
      "it is a number of bytes",
    );
  }
  if (length <= sizeBytes) return length;
  throw new MessageFault(
    "Inference-Header-Content-Length",
    header,
    `the body has ${sizeBytes} bytes`,
  );
}

/** The binary tensors of a body, read one after another in the order in which the message lists them. */
export class BinaryTensors {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The next `sizeBytes` bytes, the size that `field` gives. */
  take(sizeBytes: unknown, field: string): Uint8Array {
    const isSize =
      typeof sizeBytes === "number" && Number.isSafeInteger(sizeBytes) && sizeBytes >= 0;
    if (!isSize) throw new MessageFault(field, String(sizeBytes), "it is a number of bytes");
    const left = this.#bytes.length - this.#at;
    if (sizeBytes > left) {
      throw new MessageFault(field, String(sizeBytes), `the body has ${left} more bytes`, "end");
    }
    this.#at += sizeBytes;
    return this.#bytes.subarray(this.#at - sizeBytes, this.#at);
  }

  /** Refuses bytes that belong to no tensor. */
  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw unreadable(`${left} bytes are left behind its last tensor`);
  }
}
