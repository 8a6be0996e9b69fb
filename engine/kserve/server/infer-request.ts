import { copyOf, valuesFromBytes } from "../wire/binary-tensor.ts";
import { BASE64, CONTENT_TYPE } from "../wire/data-json.ts";
import { readDatatype } from "../wire/datatypes.ts";
import { BinaryTensors, type MessageBody, splitBody } from "../wire/framing.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import { tensorFromJson } from "../wire/json-tensor.ts";
import { asId, asList, asName, asObject, asParameters, isAbsent } from "../wire/members.ts";
import { MessageFault, asRequest, quote } from "../wire/message-fault.ts";
import { readShape, settleShape } from "../wire/shape.ts";
import type { Parameters, WireTensor } from "../wire/wire-tensor.ts";

/** An inference request of protocol v2. */
export interface InferRequest {
  /** "" if the client gave none; repeated in the reply. */
  readonly id: string;
  readonly parameters: Parameters;
  readonly inputs: readonly WireTensor[];
  /** Empty if the client left it out, which means all outputs. */
  readonly outputs: readonly RequestedOutput[];
}

export interface RequestedOutput {
  readonly name: string;
  readonly parameters: Parameters;
}

/** Maximum number of tensors in a message. */
const MAX_TENSORS = 64;

/** Limits of a request. Prompts and settings are small: anything larger is a mistake or an attack. */
export const REQUEST_LIMITS = { depth: 16, values: 20_000, numbers: 1_000_000 };

/** The input that a raw body stands for: the prompt, the only required one. */
const RAW_INPUT = "prompt";

/**
 * Reads an inference request. It is lenient where clients differ: shapes of -1, empty or missing; data nested, flat or
 * a single value; lower-case datatypes; null for absent members. It refuses what is ambiguous. Throws REQUEST_INVALID.
 */
export function readInferRequest(body: MessageBody): InferRequest {
  return asRequest(() => {
    const split = splitBody(body, REQUEST_LIMITS);
    return split.kind === "raw" ? rawRequest(split.bytes) : toRequest(split.message, split.binary);
  });
}

/** The same for another encoding: the message as JSON would have it, and its binary tensors. */
export function inferRequestOf(message: JsonObject, binary: Uint8Array): InferRequest {
  return toRequest(message, new BinaryTensors(binary));
}

function toRequest(json: Json, binary: BinaryTensors): InferRequest {
  const message = asObject(json, "The body");
  const inputs = message.get("inputs");
  const request = {
    id: asId(message.get("id"), "id"),
    parameters: asParameters(message.get("parameters"), "parameters"),
    inputs: asList(isAbsent(inputs) ? [] : inputs, MAX_TENSORS, "inputs").map((input, i) =>
      toTensor(asObject(input, `inputs[${i}]`), binary, `inputs[${i}]`),
    ),
    outputs: toOutputs(message.get("outputs")),
  };
  binary.end();
  refuseUnoffered(request.parameters, "parameters");
  refuseDoubles(request.inputs, "inputs");
  refuseDoubles(request.outputs, "outputs");
  return request;
}

/**
 * A single text, either as it is or after its length in 4 bytes, as a BYTES element has it. The two cannot be confused:
 * four letters would be a length of half a gigabyte.
 */
function rawRequest(bytes: Uint8Array): InferRequest {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isPrefixed = bytes.length >= 4 && view.getUint32(0, true) === bytes.length - 4;
  return {
    id: "",
    parameters: new Map([["binary_data_output", true]]),
    inputs: [
      {
        name: RAW_INPUT,
        datatype: "BYTES",
        shape: [1],
        parameters: new Map(),
        values: [copyOf(bytes.subarray(isPrefixed ? 4 : 0))],
      },
    ],
    outputs: [],
  };
}

function toTensor(entry: JsonObject, binary: BinaryTensors, field: string): WireTensor {
  const name = asName(entry.get("name"), `${field}.name`);
  const datatype = readDatatype(entry.get("datatype"), `${field}.datatype`);
  const shape = readShape(entry.get("shape"), `${field}.shape`);
  const parameters = asParameters(entry.get("parameters"), `${field}.parameters`);
  refuseSharedMemory(parameters, `${field}.parameters`);
  const data = entry.get("data");
  const size = parameters.get("binary_data_size");
  if (isAbsent(data) === (size === undefined)) {
    const reason = "a tensor has either data or the parameter binary_data_size";
    throw new MessageFault(`${field}.data`, isAbsent(data) ? "absent" : "there as well", reason);
  }
  if (size === undefined) {
    const isBase64 = parameters.get(CONTENT_TYPE) === BASE64;
    const tensor = { datatype, shape, data: data ?? null, isBase64 };
    return { name, datatype, parameters, ...tensorFromJson(tensor, field) };
  }
  const bytes = binary.take(size, `${field}.parameters.binary_data_size`);
  const values = valuesFromBytes(bytes, datatype, field);
  const settled = settleShape(shape ?? [values.length], values.length, `${field}.shape`);
  return { name, datatype, parameters, shape: settled, values };
}

function toOutputs(value: Json | undefined): RequestedOutput[] {
  if (isAbsent(value)) return [];
  return asList(value, MAX_TENSORS, "outputs").map((entry, i) => {
    const output = asObject(entry, `outputs[${i}]`);
    const name = asName(output.get("name"), `outputs[${i}].name`);
    const parameters = asParameters(output.get("parameters"), `outputs[${i}].parameters`);
    refuseSharedMemory(parameters, `outputs[${i}].parameters`);
    refuseAsked(parameters, OF_OUTPUTS, `outputs[${i}].parameters`);
    return { name, parameters };
  });
}

const SHARED_MEMORY = /^shared_memory_/;

/**
 * Refuses Triton's extension for clients on the same machine: they would not find the data where they asked for them.
 */
function refuseSharedMemory(parameters: Parameters, field: string): void {
  const name = [...parameters.keys()].find((key) => SHARED_MEMORY.test(key));
  if (name === undefined) return;
  throw new MessageFault(`${field}.${name}`, "used", "shared memory is not offered; send the data");
}

/** Parameters of Triton's extensions that would change what is drawn, or when, and are not supported. */
const OF_REQUESTS = {
  sequence_id: "requests are independent of each other; sequences are not offered",
  sequence_start: "sequences are not offered",
  sequence_end: "sequences are not offered",
  priority: "priorities are not offered; the line is fair to every key",
};
const OF_OUTPUTS = { classification: "pictures have no classes; classification is not offered" };

/** Refuses parameters of a request that would change what is drawn, or when, and are not offered. Throws MessageFault. */
export function refuseUnoffered(parameters: Parameters, field: string): void {
  refuseAsked(parameters, OF_REQUESTS, field);
}

/** Refuses such parameters unless they are zero, empty or false, which requests nothing. */
function refuseAsked(
  parameters: Parameters,
  reasons: Readonly<Record<string, string>>,
  field: string,
): void {
  for (const [name, reason] of Object.entries(reasons)) {
    const value = parameters.get(name);
    if (value === undefined || value === "" || Number(value) === 0) continue;
    throw new MessageFault(`${field}.${name}`, "used", reason);
  }
}

function refuseDoubles(tensors: readonly { readonly name: string }[], field: string): void {
  const names = new Set<string>();
  for (const [i, { name }] of tensors.entries()) {
    if (names.has(name)) {
      throw new MessageFault(`${field}[${i}].name`, quote(name), "another one has that name");
    }
    names.add(name);
  }
}
