import { valuesFromBytes } from "../wire/binary-tensor.ts";
import { readDatatype } from "../wire/datatypes.ts";
import { REPLY_LIMITS } from "./endpoint-reply.ts";
import { type BinaryTensors, type MessageBody, splitBody } from "../wire/framing.ts";
import { type Json, type JsonObject, readJson } from "../wire/json.ts";
import { asList, asObject } from "../wire/members.ts";
import { MessageFault } from "../wire/message-fault.ts";
import { type ClaimedShape, readShape } from "../wire/shape.ts";
import type { ParameterValue, TensorValues } from "../wire/wire-tensor.ts";

/** One output of a reply. Its shape and datatype are not trusted. */
export interface ReplyOutput {
  readonly name: string;
  /** Its datatype as given; "" if absent. */
  readonly datatype: string;
  readonly shape: ClaimedShape;
  readonly content:
    | { readonly kind: "json"; readonly data: Json }
    | { readonly kind: "binary"; readonly values: TensorValues };
}

/** The parts of a reply. */
export interface ReplyMessage {
  readonly outputs: readonly ReplyOutput[];
  /** Strings, numbers and Booleans; anything else is ignored. */
  readonly parameters: ReadonlyMap<string, ParameterValue>;
}

const MAX_OUTPUTS = 64;

/**
 * The outputs of a reply: of protocol v2, the predictions of v1, the `data` of OpenAI's images, or A1111's `images`.
 * JSON text inside a JSON string is read as well, since some handlers serialise twice. Throws MessageFault.
 */
export function readReplyMessage(body: MessageBody): ReplyMessage {
  const split = splitBody(body, REPLY_LIMITS);
  if (split.kind === "raw")
    throw new MessageFault("The body", "read", "its headers say that it contains no JSON");
  const message = asObject(unwrapped(split.message), "The body");
  const outputs = message.get("outputs");
  const parameters = scalarsOf(message.get("parameters"));
  if (outputs === undefined) {
    return {
      outputs: [otherOutput(message)],
      parameters: new Map([...parameters, ...toldInInfo(message)]),
    };
  }
  const read = asList(outputs, MAX_OUTPUTS, "outputs").map((output, i) =>
    toOutput(asObject(output, `outputs[${i}]`), split.binary, `outputs[${i}]`),
  );
  split.binary.end();
  return { outputs: read, parameters };
}

function unwrapped(message: Json): Json {
  if (typeof message !== "string") return message;
  return readJson(new TextEncoder().encode(message), REPLY_LIMITS).value;
}

function otherOutput(message: JsonObject): ReplyOutput {
  const name = ["predictions", "data", "images"].find((key) => message.has(key));
  if (name === undefined) {
    const keys = [...message.keys()].slice(0, 5).join(", ");
    const held = keys === "" ? "nothing" : `${keys}, and no outputs`;
    throw new MessageFault("The body", "read", `it is an object that holds ${held}`);
  }
  const data = message.get(name) ?? null;
  return { name, datatype: "", shape: undefined, content: { kind: "json", data } };
}

/** A1111 gives the seed in a JSON text beside its pictures. */
function toldInInfo(message: JsonObject): readonly (readonly [string, ParameterValue])[] {
  const info = message.get("info");
  if (typeof info !== "string" || !info.startsWith("{")) return [];
  try {
    const seed = asObject(unwrapped(info), "info").get("seed");
    return seed !== undefined && isScalar(seed) ? [["seed", seed]] : [];
  } catch (error) {
    // Invalid information beside a picture is no reason to lose the picture.
    if (error instanceof MessageFault) return [];
    throw error;
  }
}

function toOutput(output: JsonObject, binary: BinaryTensors, field: string): ReplyOutput {
  const [name, label] = [textOr(output.get("name")), textOr(output.get("datatype"))];
  const shape = readShape(output.get("shape"), `${field}.shape`);
  const size = scalarsOf(output.get("parameters")).get("binary_data_size");
  if (size === undefined) {
    const data = output.get("data") ?? null;
    return { name, datatype: label, shape, content: { kind: "json", data } };
  }
  const datatype = readDatatype(label, `${field}.datatype`);
  const bytes = binary.take(size, `${field}.parameters.binary_data_size`);
  const values = valuesFromBytes(bytes, datatype, field);
  return { name, datatype, shape, content: { kind: "binary", values } };
}

function textOr(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function scalarsOf(value: Json | undefined): ReadonlyMap<string, ParameterValue> {
  const scalars = new Map<string, ParameterValue>();
  if (!(value instanceof Map)) return scalars;
  for (const [name, entry] of value as JsonObject) {
    if (isScalar(entry)) scalars.set(name, entry);
  }
  return scalars;
}

function isScalar(value: Json): value is ParameterValue {
  return value !== null && typeof value !== "object";
}
