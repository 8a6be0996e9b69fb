import { type Json, type JsonObject, isList, itemsOf, lengthOf, shown } from "./json.ts";
import { MessageFault } from "./message-fault.ts";
import type { Parameters, ParameterValue } from "./wire-tensor.ts";

/** Maximum length of ids and of names of tensors, models and parameters. */
const MAX_NAME = 256;
const MAX_PARAMETERS = 64;
/** Maximum length of a string parameter: long enough for a prompt. */
const MAX_PARAMETER = 40_000;

/** A member of a message as an object; null counts as an empty one if the member is optional. */
export function asObject(value: Json | undefined, field: string): JsonObject {
  if (value instanceof Map) return value;
  throw new MessageFault(field, shown(value), "it must be an object");
}

/** A member of a message as a list of at most `limit` items. */
export function asList(value: Json | undefined, limit: number, field: string): readonly Json[] {
  if (!isList(value)) throw new MessageFault(field, shown(value), "it must be an array");
  if (lengthOf(value) <= limit) return itemsOf(value);
  throw new MessageFault(field, `of ${lengthOf(value)} entries`, `the limit is ${limit}`);
}

/** Whether a member is absent; clients send null for that. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** A name: text of 1 to 256 characters without NUL and lone surrogates. */
export function asName(value: Json | undefined, field: string): string {
  if (typeof value !== "string") throw new MessageFault(field, shown(value), "it must be a string");
  if (value === "") throw new MessageFault(field, "empty", "it is a name");
  return cleanText(value, MAX_NAME, field);
}

/** A request's id, repeated in the reply: a string, or a number as its digits; "" if there is none. */
export function asId(value: Json | undefined, field: string): string {
  if (isAbsent(value)) return "";
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  if (typeof text !== "string") throw new MessageFault(field, shown(value), "it must be a string");
  return cleanText(text, MAX_NAME, field);
}

/**
 * Validates a text. NUL and lone surrogates are refused rather than replaced, so that nobody gets a picture of words
 * that they did not send.
 */
export function cleanText(text: string, limit: number, field: string): string {
  if (text.length > limit) {
    throw new MessageFault(field, `${text.length} characters long`, `the limit is ${limit}`);
  }
  if (!text.isWellFormed()) throw new MessageFault(field, shown(text), "it holds a lone surrogate");
  if (text.includes("\0")) throw new MessageFault(field, shown(text), "it holds a NUL");
  return text;
}

/** The parameters of a message, a tensor or an output. */
export function asParameters(value: Json | undefined, field: string): Parameters {
  if (isAbsent(value)) return new Map();
  const object = asObject(value, field);
  if (object.size > MAX_PARAMETERS) {
    throw new MessageFault(field, `of ${object.size} entries`, `the limit is ${MAX_PARAMETERS}`);
  }
  const parameters = new Map<string, ParameterValue>();
  for (const [key, entry] of object) {
    const name = asName(key, field);
    // Clients write null for options that were not set.
    if (entry !== null) parameters.set(name, asParameter(entry, `${field}.${name}`));
  }
  return parameters;
}

function asParameter(value: Json, field: string): ParameterValue {
  if (typeof value === "string") return cleanText(value, MAX_PARAMETER, field);
  const isScalar =
    typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
  if (isScalar) return value;
  throw new MessageFault(field, shown(value), "a parameter is a string, a number, true or false");
}

/** A Boolean parameter; undefined if it is not given. */
export function truthOf(parameters: Parameters, name: string, field: string): boolean | undefined {
  const value = parameters.get(name);
  if (value === undefined || typeof value === "boolean") return value;
  throw new MessageFault(`${field}.${name}`, shown(value), "it must be true or false");
}
