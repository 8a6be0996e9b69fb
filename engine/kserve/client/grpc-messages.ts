import type { InferRequest } from "../server/infer-request.ts";
import { bytesFromValues, valuesFromBytes } from "../wire/binary-tensor.ts";
import { readDatatype } from "../wire/datatypes.ts";
import { bytes, type EncodedMessage, join } from "../wire/encoded-message.ts";
import { MessageFault } from "../wire/message-fault.ts";
import { field, packedField, textField } from "../wire/protobuf.ts";
import {
  packedNumbers,
  protoBytes,
  type ProtoField,
  protoFields,
  protoText,
} from "../wire/protobuf-reader.ts";
import type { ClaimedShape } from "../wire/shape.ts";
import type { ParameterValue, TensorValues } from "../wire/wire-tensor.ts";
import { REPLY_LIMITS } from "./endpoint-reply.ts";
import { type DeclaredTensors, ranksFrom } from "./endpoint-metadata.ts";
import type { ReplyMessage, ReplyOutput } from "./reply-outputs.ts";

const SERVICE = "/inference.GRPCInferenceService";

/** Methods by their paths. */
export const INFER_PATH = `${SERVICE}/ModelInfer`;
export const GRPC_PATHS = {
  ready: `${SERVICE}/ServerReady`,
  server: `${SERVICE}/ServerMetadata`,
  model: `${SERVICE}/ModelMetadata`,
  modelReady: `${SERVICE}/ModelReady`,
} as const;

/** The content type of gRPC replies. */
export const GRPC_TYPE = "application/grpc+proto";

const HEADERS = { "content-type": GRPC_TYPE };

/** A ModelInferRequest with raw tensors, which every server accepts. */
export function grpcRequest(
  { id, inputs }: InferRequest,
  model: string,
  version: string | undefined,
): EncodedMessage {
  const tensors = inputs.map(({ name, datatype, shape }) =>
    field(5, join([textField(1, name), textField(2, datatype), packedField(3, shape)])),
  );
  const raws = inputs.map((input) => field(7, bytes(bytesFromValues(input))));
  const head = [textField(1, model), textField(2, version ?? ""), textField(3, id)];
  return { headers: HEADERS, ...join([...head, ...tensors, ...raws]) };
}

/** A message with a name and optionally a version: a question about a model or, without a name, about the server. */
export function grpcQuestion(name = "", version = ""): EncodedMessage {
  return { headers: HEADERS, ...join([textField(1, name), textField(2, version)]) };
}

/** The value of a ServerReadyResponse or ModelReadyResponse. */
export function readGrpcReady(body: Uint8Array): boolean {
  return [...protoFields(body)].some(({ number, value }) => number === 1 && value === 1n);
}

/** Name and version in a ServerMetadataResponse. */
export function readGrpcServer(body: Uint8Array): string {
  const fields = [...protoFields(body)].filter(({ number }) => number <= 2);
  return fields.map(({ value }) => protoText(value)).join(" ");
}

const MAX_TENSORS = 64;

/** The tensors in a ModelMetadataResponse. Throws MessageFault. */
export function readGrpcTensors(body: Uint8Array): DeclaredTensors {
  const fields = listOf(protoFields(body), MAX_TENSORS * 4);
  const tensors = (number: number): Uint8Array[] =>
    fields
      .filter((one) => one.number === number)
      .slice(0, MAX_TENSORS)
      .map(({ value }) => protoBytes(value));
  const [inputs, outputs] = [tensors(4), tensors(5)];
  return {
    inputs: inputs.map((tensor) => textIn(tensor, 1)),
    outputs: outputs.map((tensor) => textIn(tensor, 1)),
    ...ranksFrom(inputs.map((tensor) => shapeOf([...protoFields(tensor)])?.length)),
  };
}

/** Reads a ModelInferResponse in the same form as a REST reply. Throws MessageFault. */
export function readGrpcReply(body: Uint8Array): ReplyMessage {
  const fields = listOf(protoFields(body), MAX_TENSORS * 4);
  const bytesOf = (number: number): Uint8Array[] =>
    fields.filter((one) => one.number === number).map(({ value }) => protoBytes(value));
  const [tensors, raws] = [bytesOf(5), bytesOf(6)];
  if (tensors.length > MAX_TENSORS || (raws.length > 0 && raws.length !== tensors.length)) {
    const reason = `it has ${raws.length} raw contents`;
    throw new MessageFault("outputs", `of ${tensors.length}`, reason);
  }
  return {
    outputs: tensors.map((tensor, i) => outputOf(tensor, raws[i], `outputs[${i}]`)),
    parameters: parametersOf(bytesOf(4)),
  };
}

function outputOf(tensor: Uint8Array, raw: Uint8Array | undefined, where: string): ReplyOutput {
  const fields = listOf(protoFields(tensor), REPLY_LIMITS.depth * 64);
  const datatype = textIn(tensor, 2);
  const shape = shapeOf(fields);
  const contents = fields.find(({ number }) => number === 5)?.value;
  const values =
    raw === undefined
      ? contentsOf(contents === undefined ? new Uint8Array() : protoBytes(contents), where)
      : valuesFromBytes(raw, readDatatype(datatype, `${where}.datatype`), where);
  return { name: textIn(tensor, 1), datatype, shape, content: { kind: "binary", values } };
}

/** Maximum number of dimensions: a batch of pictures has 4. */
const MAX_DIMENSIONS = 16;

function shapeOf(fields: readonly ProtoField[]): ClaimedShape {
  const parts = fields.filter(({ number }) => number === 3);
  const shape = parts.flatMap(({ value }) =>
    typeof value === "bigint" ? [Number(value)] : [...packedNumbers(value, MAX_DIMENSIONS)],
  );
  return shape.length === 0 || shape.length > MAX_DIMENSIONS ? undefined : shape;
}

/** Field numbers of the lists in InferTensorContents. */
const WHOLE = new Set([1, 2, 3, 4, 5]);
const FLOATS = 6;
const DOUBLES = 7;
const ELEMENTS = 8;
/** Each element becomes an object. */
const MAX_ELEMENTS = 10_000;

function contentsOf(contents: Uint8Array, where: string): TensorValues {
  const fields = listOf(protoFields(contents), MAX_ELEMENTS);
  const elements = fields.filter(({ number }) => number === ELEMENTS);
  if (elements.length > 0) return elements.map(({ value }) => protoBytes(value));
  // A list may be sent in several parts; a list of single bytes is a picture.
  const parts = fields.flatMap(({ number, value }) => {
    if (typeof value === "bigint") return [Float64Array.of(Number(BigInt.asIntN(64, value)))];
    if (WHOLE.has(number)) return [packedNumbers(value, REPLY_LIMITS.numbers)];
    if (number === FLOATS) return [Float64Array.from(numbersIn(value, "FP32", where), Number)];
    return number === DOUBLES ? [Float64Array.from(numbersIn(value, "FP64", where), Number)] : [];
  });
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  const all = new Float64Array(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function numbersIn(value: Uint8Array, datatype: "FP32" | "FP64", where: string) {
  const values = valuesFromBytes(value, datatype, where);
  return values instanceof Float32Array || values instanceof Float64Array ? values : [];
}

/** Parameters by name: strings, numbers and Booleans. */
function parametersOf(entries: readonly Uint8Array[]): ReadonlyMap<string, ParameterValue> {
  return new Map(
    entries.slice(0, MAX_TENSORS).flatMap((entry): [string, ParameterValue][] => {
      const parameter = [...protoFields(entry)].find(({ number }) => number === 2)?.value;
      const [choice] = parameter === undefined ? [] : [...protoFields(protoBytes(parameter))];
      const value = choice === undefined ? undefined : valueOf(choice);
      return value === undefined ? [] : [[textIn(entry, 1), value]];
    }),
  );
}

function valueOf({ number, value }: ProtoField): ParameterValue | undefined {
  if (typeof value === "bigint") return number === 1 ? value === 1n : wholeOf(number, value);
  if (number === 3) return protoText(value);
  const isDouble = number === 4 && value.length === 8;
  return isDouble ? new DataView(value.buffer, value.byteOffset, 8).getFloat64(0, true) : undefined;
}

function wholeOf(number: number, value: bigint): bigint {
  return number === 2 ? BigInt.asIntN(64, value) : value;
}

function textIn(message: Uint8Array, number: number): string {
  for (const one of protoFields(message)) if (one.number === number) return protoText(one.value);
  return "";
}

function listOf(fields: Iterable<ProtoField>, limit: number): readonly ProtoField[] {
  const list: ProtoField[] = [];
  for (const one of fields) {
    if (list.length >= limit) {
      throw new MessageFault("The message", "read", `it holds more than ${limit} fields`);
    }
    list.push(one);
  }
  return list;
}
