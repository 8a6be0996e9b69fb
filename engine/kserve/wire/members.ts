import { type Json, type JsonObject, isList, itemsOf, lengthOf, shown } from "./json.ts";
import { MessageFault } from "./message-fault.ts";
import type { Parameters, ParameterValue } from "./wire-tensor.ts";

/** Longest name of a tensor, a model or a parameter, and longest id. */
const MAX_NAME = 256;
const MAX_PARAMETERS = 64;
/** Longest string of a parameter: a prompt fits. */
const MAX_PARAMETER = 40_000;

/** A member of a message as an object; null counts as an empty one where it may be left out. */
export function asObject(value: Json | undefined, field: string): JsonObject {
  if (value instanceof Map) return value;
  throw new MessageFault(field, shown(value), "it must be an object");
}

/** A member of a message as a list of at most `limit`. */
export function asList(value: Json | undefined, limit: number, field: string): readonly Json[] {
  if (!isList(value)) throw new MessageFault(field, shown(value), "it must be an array");
  if (lengthOf(value) <= limit) return itemsOf(value);
  throw new MessageFault(field, `of ${lengthOf(value)} entries`, `${limit} are the most`);
}

/** Says whether a member is left out; clients send null where they have nothing to say. */
export function isAbsent(value: Json | undefined): value is null | undefined {
  return value === undefined || value === null;
}

/** A name: text without NUL and lone surrogates, neither empty nor longer than 256 characters. */
export function asName(value: Json | undefined, field: string): string {
  if (typeof value !== "string") throw new MessageFault(field, shown(value), "it must be a string");
  if (value === "") throw new MessageFault(field, "empty", "it is a name");
  return cleanText(value, MAX_NAME, field);
}

/** A request's id, which the reply repeats: a string, or a number as its digits; "" where there is none. */
export function asId(value: Json | undefined, field: string): string {
  if (isAbsent(value)) return "";
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  if (typeof text !== "string") throw new MessageFault(field, shown(value), "it must be a string");
  return cleanText(text, MAX_NAME, field);
}

/**
 * Text as it may go on: what UTF-8 cannot say and what C ends strings at is refused, not replaced, so
 * that nobody gets a picture of words they did not send.
 */
export function cleanText(text: string, limit: number, field: string): string {
  if (text.length > limit) {
    throw new MessageFault(field, `${text.length} characters long`, `${limit} are the most`);
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
    throw new MessageFault(field, `of ${object.size} entries`, `${MAX_PARAMETERS} are the most`);
  }
  const parameters = new Map<string, ParameterValue>();
  for (const [key, entry] of object) {
    const name = asName(key, field);
    // Clients write null for a choice that was not made.
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

/** A parameter that says yes or no; undefined where it is not given. */
export function truthOf(parameters: Parameters, name: string, field: string): boolean | undefined {
  const value = parameters.get(name);
  if (value === undefined || typeof value === "boolean") return value;
  throw new MessageFault(`${field}.${name}`, shown(value), "it must be true or false");
}
