import { joinElements } from "../wire/binary-tensor.ts";
import { type Datatype, readDatatype } from "../wire/datatypes.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import { asRequest, MessageFault } from "../wire/message-fault.ts";
import { type InferRequest, inferRequestOf } from "./infer-request.ts";

/** A protobuf message as plain objects: 64-bit numbers as decimal strings, bytes as bytes. */
export type ProtoMessage = Readonly<Record<string, unknown>>;

/**
 * Reads a ModelInferRequest. Its tensors are read like those of a binary REST request, so limits and messages are the
 * same for both. Throws REQUEST_INVALID.
 */
export function readGrpcRequest(message: ProtoMessage): InferRequest {
  return asRequest(() => {
    const raws = listIn(message, "raw_input_contents").filter(isBytes);
    const tensors = listIn(message, "inputs").map((input, i) =>
      tensorOf(asMessage(input), { raws, at: i }),
    );
    if (raws.length > 0 && raws.length !== tensors.length) {
      const reason = `there are ${tensors.length} inputs, each with an entry of its own`;
      throw new MessageFault("raw_input_contents", `of ${raws.length} entries`, reason);
    }
    const body: JsonObject = new Map<string, Json>([
      ["id", textOf(message["id"])],
      ["parameters", parametersOf(message["parameters"])],
      ["inputs", tensors.map(({ tensor }) => tensor)],
      ["outputs", listIn(message, "outputs").map((output) => outputOf(asMessage(output)))],
    ]);
    return inferRequestOf(body, concat(tensors.flatMap(({ binary }) => binary)));
  });
}

interface ReadTensor {
  readonly tensor: JsonObject;
  /** Its raw bytes, if any. */
  readonly binary: readonly Uint8Array[];
}

function tensorOf(
  input: ProtoMessage,
  { raws, at }: { readonly raws: readonly Uint8Array[]; readonly at: number },
): ReadTensor {
  const contents = asMessage(input["contents"]);
  const datatype = readDatatype(textOf(input["datatype"]), `inputs[${at}].datatype`);
  const filled = Object.keys(contents).filter((name) => listIn(contents, name).length > 0);
  const head: [string, Json][] = [
    ["name", textOf(input["name"])],
    ["datatype", datatype],
    ["shape", listIn(input, "shape").map(numberOf)],
  ];
  if (raws.length > 0) {
    if (filled.length > 0) {
      const reason = "a request has contents or raw_input_contents, never both";
      throw new MessageFault(`inputs[${at}].contents`, "there as well", reason);
    }
    return binaryTensor(head, input, raws[at] ?? new Uint8Array());
  }
  const member = MEMBERS[datatype];
  const wrong = filled.find((name) => name !== member);
  if (member === undefined || wrong !== undefined) {
    const reason =
      member === undefined
        ? `${datatype} goes into raw_input_contents alone`
        : `elements of ${datatype} go into ${member}`;
    throw new MessageFault(`inputs[${at}].contents`, wrong ?? "read", reason);
  }
  const elements = listIn(contents, member);
  if (member === "bytes_contents") {
    return binaryTensor(head, input, joinElements(elements.filter(isBytes)));
  }
  const parameters = parametersOf(input["parameters"]);
  const tensor = new Map([...head, ["parameters", parameters], ["data", elements.map(scalarOf)]]);
  return { tensor, binary: [] };
}

function binaryTensor(
  head: readonly (readonly [string, Json])[],
  input: ProtoMessage,
  bytes: Uint8Array,
): ReadTensor {
  const parameters = new Map([
    ...parametersOf(input["parameters"]),
    ["binary_data_size", bytes.length] as const,
  ]);
  return { tensor: new Map([...head, ["parameters", parameters]]), binary: [bytes] };
}

/** The member of InferTensorContents for each datatype; float16 can only be raw. */
const MEMBERS: Readonly<Partial<Record<Datatype, string>>> = {
  BOOL: "bool_contents",
  INT8: "int_contents",
  INT16: "int_contents",
  INT32: "int_contents",
  INT64: "int64_contents",
  UINT8: "uint_contents",
  UINT16: "uint_contents",
  UINT32: "uint_contents",
  UINT64: "uint64_contents",
  FP32: "fp32_contents",
  FP64: "fp64_contents",
  BYTES: "bytes_contents",
};

function outputOf(output: ProtoMessage): JsonObject {
  return new Map<string, Json>([
    ["name", textOf(output["name"])],
    ["parameters", parametersOf(output["parameters"])],
  ]);
}

/** Parameters by name; one without a value counts as absent. */
function parametersOf(value: unknown): JsonObject {
  return new Map(
    Object.entries(asMessage(value)).map(([name, entry]): [string, Json] => {
      const { parameter_choice: choice, ...values } = asMessage(entry);
      if (typeof choice !== "string") return [name, null];
      const chosen = values[choice];
      const isWhole = choice === "int64_param" || choice === "uint64_param";
      return [name, isWhole ? wholeOf(chosen) : scalarOf(chosen)];
    }),
  );
}

/** A 64-bit integer from its digits: a number if that is exact. */
function wholeOf(digits: unknown): Json {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(textOf(digits));
}

function numberOf(value: unknown): number {
  return Number(value);
}

function scalarOf(value: unknown): Json {
  return typeof value === "number" || typeof value === "boolean" ? value : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function listIn(message: ProtoMessage, member: string): readonly unknown[] {
  const value = message[member];
  return Array.isArray(value) ? value : [];
}

function asMessage(value: unknown): ProtoMessage {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const whole = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
