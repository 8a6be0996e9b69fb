import { HEADER_LENGTH } from "./framing.ts";
import type { Parameters, ParameterValue } from "./wire-tensor.ts";

/** Bytes whose number is known before they are generated. */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Generated on demand, and again in each iteration. */
  readonly chunks: Iterable<Uint8Array>;
}

/** A request or reply as sent over HTTP. */
export interface EncodedMessage extends ByteSource {
  readonly headers: Readonly<Record<string, string>>;
}

/** A tensor to be sent: its elements as JSON text, or as bytes after the JSON. */
export interface OutgoingTensor {
  readonly name: string;
  /** As sent: the notebook profile uses lower case. */
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Null is written, as in KServe's own server. */
  readonly parameters: Parameters | null;
  readonly isBinary: boolean;
  readonly data: ByteSource;
}

/** The members of a message besides its tensors, as JSON text by name. */
export type Members = Readonly<Record<string, string>>;

/**
 * Encodes a message: its members, then the tensors under `listName`; binary tensors are listed there and follow the
 * JSON.
 */
export function encodeMessage(
  members: Members,
  listName: "inputs" | "outputs",
  tensors: readonly OutgoingTensor[],
): EncodedMessage {
  const head = Object.entries(members).map(([name, json]) => `${JSON.stringify(name)}:${json},`);
  const list = tensors.flatMap((tensor, i) => [text(i === 0 ? "" : ","), ...tensorJson(tensor)]);
  const json = join([text(`{${head.join("")}"${listName}":[`), ...list, text("]}")]);
  const binary = tensors.filter(({ isBinary }) => isBinary).map(({ data }) => data);
  const headers =
    binary.length === 0
      ? { "content-type": "application/json" }
      : {
          "content-type": "application/octet-stream",
          [HEADER_LENGTH]: String(json.sizeBytes),
        };
  return { headers, ...join([json, ...binary]) };
}

function tensorJson(tensor: OutgoingTensor): readonly ByteSource[] {
  const { name, shape, datatype, isBinary, data } = tensor;
  const parameters: Parameters = isBinary
    ? new Map([...(tensor.parameters ?? []), ["binary_data_size", data.sizeBytes]])
    : (tensor.parameters ?? new Map());
  const written = tensor.parameters === null && !isBinary ? "null" : parametersJson(parameters);
  const more = written === "{}" ? "" : `,"parameters":${written}`;
  const head = `{"name":${JSON.stringify(name)},"shape":[${shape.join(",")}],"datatype":"${datatype}"${more}`;
  return isBinary ? [text(`${head}}`)] : [text(`${head},"data":`), data, text("}")];
}

/** Parameters as a JSON object; 64-bit integers keep all digits. */
export function parametersJson(parameters: Parameters): string {
  const members = [...parameters].map(([name, value]) => `${JSON.stringify(name)}:${json(value)}`);
  return `{${members.join(",")}}`;
}

function json(value: ParameterValue): string {
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

const UTF8 = new TextEncoder();

/** A text as bytes. */
export function text(value: string): ByteSource {
  return bytes(UTF8.encode(value));
}

/** Existing bytes as a source. */
export function bytes(value: Uint8Array): ByteSource {
  return { sizeBytes: value.length, chunks: [value] };
}

/** Concatenates sources. */
export function join(sources: readonly ByteSource[]): ByteSource {
  return {
    sizeBytes: sources.reduce((size, source) => size + source.sizeBytes, 0),
    chunks: {
      *[Symbol.iterator]() {
        for (const { chunks } of sources) yield* chunks;
      },
    },
  };
}

/** All bytes of a source in one buffer. */
export function wholeOf({ sizeBytes, chunks }: ByteSource): Buffer {
  const whole = Buffer.allocUnsafe(sizeBytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
