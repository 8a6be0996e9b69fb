import { type Json, shown } from "./json.ts";
import { MessageFault } from "./message-fault.ts";

/** Bytes per element of each datatype; for BYTES, which varies, those of the length before each element. */
export const ELEMENT_BYTES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  BF16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 4,
} as const;
export type Datatype = keyof typeof ELEMENT_BYTES;

/** A datatype by name, in upper or lower case. Throws MessageFault. */
export function readDatatype(name: Json | undefined, field: string): Datatype {
  const upper = typeof name === "string" ? name.toUpperCase() : "";
  if (isDatatype(upper)) return upper;
  const known = Object.keys(ELEMENT_BYTES).join(", ");
  throw new MessageFault(field, shown(name), `a datatype is one of ${known}`);
}

function isDatatype(name: string): name is Datatype {
  return Object.hasOwn(ELEMENT_BYTES, name);
}
