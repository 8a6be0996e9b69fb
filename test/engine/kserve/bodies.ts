import * as fc from "fast-check";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { EndpointReply } from "../../../engine/kserve/client/endpoint-reply.ts";
import type { ByteSource, EncodedMessage } from "../../../engine/kserve/wire/encoded-message.ts";
import { HEADER_LENGTH, type MessageBody } from "../../../engine/kserve/wire/framing.ts";

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A JSON body; a string is used unchanged. */
export function jsonBody(message: unknown): MessageBody {
  return { bytes: utf8(typeof message === "string" ? message : JSON.stringify(message)) };
}

/** A JSON body followed by binary tensors, and the header with the position of the boundary. */
export function binaryBody(message: unknown, ...tensors: readonly Uint8Array[]): MessageBody {
  const json = utf8(JSON.stringify(message));
  return { bytes: Buffer.concat([json, ...tensors]), headerLength: String(json.length) };
}

/** All bytes of a source; its declared size must be right. */
export function allOf({ chunks, sizeBytes }: ByteSource): Uint8Array {
  const bytes = new Uint8Array(Buffer.concat([...chunks]));
  if (bytes.length !== sizeBytes)
    throw new Error(`${sizeBytes} bytes stated, ${bytes.length} made`);
  return bytes;
}

/** One of our messages as the other side receives it. */
export function arrived(message: EncodedMessage): MessageBody {
  return { bytes: allOf(message), headerLength: message.headers[HEADER_LENGTH] };
}

/** One of our messages as JSON: all of it, or the part before its binary tensors. */
export function jsonOf(message: EncodedMessage): Record<string, unknown> {
  const { bytes, headerLength } = arrived(message);
  return JSON.parse(
    Buffer.from(bytes.subarray(0, Number(headerLength ?? bytes.length))).toString(),
  );
}

/** A BYTES element in the form of binary tensors. */
export function element(bytes: Uint8Array | string): Uint8Array {
  const content = typeof bytes === "string" ? utf8(bytes) : bytes;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return new Uint8Array(Buffer.concat([length, content]));
}

/** A reply as an endpoint sends it. */
export function replyOf(
  body: unknown,
  { status = 200, headers = {} }: Partial<Pick<EndpointReply, "status" | "headers">> = {},
): EndpointReply {
  if (body instanceof Uint8Array) return { status, headers, body };
  const isPage = typeof body === "string" && body.startsWith("<");
  const type = isPage ? "text/html; charset=utf-8" : "application/json";
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return { status, headers: { "content-type": type, ...headers }, body: utf8(text) };
}

/** Our own message as a reply. */
export function replyFrom(message: EncodedMessage): EndpointReply {
  return { status: 200, headers: message.headers, body: allOf(message) };
}

/** The refusal of an action, as code and sentence; undefined if it succeeds. Other errors are rethrown. */
export function refusalOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof StudioError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

/** The first sentence of a refusal, without the advice that follows it. */
export function sentenceOf(action: () => unknown): string | undefined {
  const advice =
    / (?:Change the value and try again|Check its address, kind and model;.*|Try again; if .*|Try another seed; .*|Ask for a smaller picture, .*)\.$/;
  return refusalOf(action)
    ?.replace(/^[A-Z_]+: /, "")
    .replace(advice, "");
}

/** The request of the KServe example's notebook. */
export const NOTEBOOK_REQUEST = {
  id: "42",
  inputs: [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["Photo of a dog"] }],
};

/** Pixels that all differ from each other. */
export function somePixels(width: number, height: number, start = 0): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => (start + i * 37) % 256);
}

/** Bytes as nested lists, row by row. */
export function nestedPixels(pixels: Uint8Array, width: number): number[][][] {
  const rows: number[][][] = [];
  for (let at = 0; at < pixels.length; at += 3) {
    if ((at / 3) % width === 0) rows.push([]);
    rows.at(-1)!.push([...pixels.subarray(at, at + 3)]);
  }
  return rows;
}

/** Texts of all code points, including unpaired surrogates. */
export const anyText = fc.string({
  unit: fc
    .oneof(fc.nat(0x7f), fc.nat(0x10ffff), fc.integer({ min: 0xd800, max: 0xdfff }))
    .map((code) => String.fromCodePoint(code)),
  maxLength: 20,
});

/** Milliseconds of CPU time that an action takes; other work at the same time does not count. */
export function processorMs(action: () => unknown): number {
  const before = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
