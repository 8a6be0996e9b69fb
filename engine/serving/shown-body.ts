import { gunzipSync, inflateSync, constants } from "node:zlib";
import type { z } from "zod";
import type { shownBodySchema } from "../contract/server.ts";
import { isSecretName, withoutSecrets } from "./redaction.ts";

type ShownBody = z.output<typeof shownBodySchema>;
type Headers = Readonly<Record<string, string>>;

/** The beginning of a body as transferred. */
export interface WireBody {
  readonly bytes: Uint8Array;
  /** Size of the whole body. */
  readonly sizeBytes: number;
  readonly headers: Headers;
}

/** At most this much of a compressed body is decompressed for display. */
const MAX_UNPACKED_BYTES = 1 << 20;
const MAX_SHOWN_LETTERS = 16_384;

/**
 * A body for display, without pictures' data and without secrets, both the given ones and whatever looks like our keys.
 */
export function shownBody(body: WireBody, secrets: readonly string[]): ShownBody {
  const { bytes, sizeBytes } = body;
  const text = textOf(body);
  const isCut = bytes.length < sizeBytes || (text?.length ?? 0) > MAX_SHOWN_LETTERS;
  if (text === undefined) return { text: "", sizeBytes, isCut: sizeBytes > 0 };
  // Shortened first, a long secret would no longer be recognised.
  const shown = withoutSecrets(text.slice(0, MAX_SHOWN_LETTERS), secrets);
  return { text: withoutPictures(shown), sizeBytes, isCut };
}

/** Headers for display, without credentials. */
export function shownHeaders(
  headers: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(", ") : String(value);
    return [name, isSecretName(name) ? withoutCredentials(text) : withoutSecrets(text, secrets)];
  });
  return Object.fromEntries(entries);
}

/** `Bearer …`: only the scheme. */
function withoutCredentials(text: string): string {
  return text.replace(/^((?:bearer|basic|digest)\s+)?.*$/is, "$1…");
}

/** Shortens long lists of numbers and long base64; the beginning shows what they are. */
function withoutPictures(text: string): string {
  return text
    .replaceAll(/[\d\s,.[\]+-]{200,}/g, (run) => `${run.slice(0, 60)} …`)
    .replaceAll(/[\w+/=-]{200,}/g, (run) => `${run.slice(0, 40)}…`);
}

/** Undefined if it is not text. For a body with JSON and binary tensors, the JSON. */
function textOf({ bytes, headers }: WireBody): string | undefined {
  const plain = unpacked(bytes, headers["content-encoding"]);
  if (plain === undefined) return undefined;
  const length = Number(headers["inference-header-content-length"] ?? plain.length);
  const text = new TextDecoder().decode(plain.subarray(0, length >= 0 ? length : plain.length));
  return isText(text) ? text : undefined;
}

/** A text can be cut off within a character; other bytes that are not text are not shown. */
function isText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- these are what tells binary data
  return !/[\0-\x08\x0e-\x1f\ufffd]/.test(text.slice(0, -2));
}

function unpacked(bytes: Uint8Array, coding: string | undefined): Uint8Array | undefined {
  if (coding === undefined || coding === "identity") return bytes;
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNPACKED_BYTES };
  try {
    if (coding === "gzip") return gunzipSync(bytes, options);
    return coding === "deflate" ? inflateSync(bytes, options) : undefined;
  } catch {
    return undefined;
  }
}
