import type { InferRequest } from "./infer-request.ts";
import { cleanText } from "../wire/members.ts";
import { MessageFault, quote } from "../wire/message-fault.ts";
import { nearestDecimal } from "../wire/nearest-decimal.ts";
import { PICTURE_INPUTS, type PictureInput } from "./picture-inputs.ts";
import { isElements, type ParameterValue, type WireTensor } from "../wire/wire-tensor.ts";

/** Where a picture's inputs are found: tensors, and parameters of the same names. */
export type PictureSource = Pick<InferRequest, "inputs" | "parameters">;

/** Maximum number of values of an input: one for each picture of the largest batch. */
export const MAX_PICTURES = 100;

const INPUTS: readonly PictureInput[] = Object.values(PICTURE_INPUTS);
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The values of an input: of the tensor with its name or alias, else of the parameter; undefined if it is not given.
 */
export function valuesFor(
  input: PictureInput,
  { inputs, parameters }: PictureSource,
): readonly ParameterValue[] | undefined {
  const tensor = tensorFor(input, inputs);
  if (tensor !== undefined) return valuesOf(tensor);
  const value = parameters.get(input.name) ?? parameters.get(input.alias ?? input.name);
  return value === undefined ? undefined : [value];
}

function tensorFor(input: PictureInput, tensors: readonly WireTensor[]): WireTensor | undefined {
  const own = tensors.filter(({ name }) => name === input.name || name === input.alias);
  if (own.length > 1) throw new MessageFault(input.name, "given twice", `${input.alias} is it too`);
  return own[0] ?? (input.name === PICTURE_INPUTS.prompt.name ? strayTensor(tensors) : undefined);
}

/**
 * The only tensor with an unknown name: it is taken as the prompt, like the notebook's "input0". Refuses several, and
 * one in addition to a prompt, which is probably a misspelt setting.
 */
function strayTensor(tensors: readonly WireTensor[]): WireTensor | undefined {
  const [first, second] = tensors.filter(isStray);
  if (second !== undefined) throw unknownInput(second);
  return first;
}

/** Refuses a tensor with an unknown name if there is a prompt. */
export function refuseStrays({ inputs }: PictureSource): void {
  const hasPrompt = inputs.some(({ name }) => name === PICTURE_INPUTS.prompt.name);
  const stray = hasPrompt ? inputs.find(isStray) : undefined;
  if (stray !== undefined) throw unknownInput(stray);
}

function isStray({ name }: WireTensor): boolean {
  return !INPUTS.some((input) => input.name === name || input.alias === name);
}

function unknownInput({ name }: WireTensor): MessageFault {
  const known = INPUTS.map((input) => input.name).join(", ");
  return new MessageFault("An input's name", quote(name), `the inputs are ${known}`);
}

function valuesOf({ name, values, datatype }: WireTensor): readonly ParameterValue[] {
  if (values.length > MAX_PICTURES) {
    throw new MessageFault(name, `${values.length} values`, `the limit is ${MAX_PICTURES}`);
  }
  if (isElements(values)) return values.map((bytes) => textOf(bytes, name));
  // A float32 represents the decimal that someone wrote: 7.1 must not become 7.099999904632568.
  if (values instanceof Float32Array) return Array.from(values, nearestDecimal);
  const numbers: readonly (number | bigint)[] = [...values];
  return datatype === "BOOL" ? numbers.map((truth) => truth === 1) : numbers;
}

function textOf(bytes: Uint8Array, field: string): string {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new MessageFault(field, `these ${bytes.length} bytes`, "they are not UTF-8 text");
  }
  return cleanText(text, Infinity, field);
}
