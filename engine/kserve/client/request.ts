import { bytesFromValues } from "../wire/binary-tensor.ts";
import { dataJson } from "../wire/data-json.ts";
import {
  bytes,
  type EncodedMessage,
  encodeMessage,
  type Members,
  type OutgoingTensor,
  parametersJson,
  text,
} from "../wire/encoded-message.ts";
import type { InferRequest, RequestedOutput } from "../server/infer-request.ts";
import { PICTURE_INPUTS, type PictureInput } from "../server/picture-inputs.ts";
import type { PictureRequest } from "../server/picture-request.ts";
import type { TensorValues, WireTensor } from "../wire/wire-tensor.ts";

/** The name of the input in the notebook's request, and on most servers that have only one. */
export const NOTEBOOK_INPUT = "input0";

/**
 * A request that every endpoint understands: one input with the prompts and nothing else, as the KServe example's
 * notebook sends it, except for the shape: Triton requires the real one instead of -1.
 */
export function askForPrompts(
  id: string,
  prompts: readonly string[],
  inputName = NOTEBOOK_INPUT,
): InferRequest {
  const input = { ...PICTURE_INPUTS.prompt, name: inputName };
  return request(id, [tensor(input, encoded(prompts))]);
}

/** A request with all settings, as our own server declares them. */
export function askForPictures(id: string, pictures: PictureRequest): InferRequest {
  const { prompts, negativePrompts, scheduler, precision, preset, decoder } = pictures;
  const hasNegative = negativePrompts.some((prompt) => prompt !== "");
  return request(id, [
    tensor(PICTURE_INPUTS.prompt, encoded(prompts)),
    ...(hasNegative ? [tensor(PICTURE_INPUTS.negativePrompt, encoded(negativePrompts))] : []),
    ...seedTensors(pictures.seeds),
    ...wholeTensors(PICTURE_INPUTS.steps, pictures.steps),
    ...floatTensors(PICTURE_INPUTS.guidanceScale, pictures.guidanceScale),
    ...wholeTensors(PICTURE_INPUTS.height, pictures.height),
    ...wholeTensors(PICTURE_INPUTS.width, pictures.width),
    ...textTensors(PICTURE_INPUTS.scheduler, scheduler),
    ...textTensors(PICTURE_INPUTS.precision, precision),
    ...textTensors(PICTURE_INPUTS.preset, preset),
    ...floatTensors(PICTURE_INPUTS.guidanceInterval, pictures.guidanceInterval),
    ...wholeTensors(PICTURE_INPUTS.cacheInterval, pictures.cacheInterval),
    ...textTensors(PICTURE_INPUTS.decoder, decoder),
    ...wholeTensors(PICTURE_INPUTS.count, pictures.count),
  ]);
}

function request(id: string, inputs: readonly WireTensor[]): InferRequest {
  return { id, parameters: new Map(), inputs, outputs: [] };
}

function tensor({ name, datatype }: PictureInput, values: TensorValues): WireTensor {
  return { name, datatype, shape: [values.length], parameters: new Map(), values };
}

const UTF8 = new TextEncoder();

function encoded(texts: readonly string[]): readonly Uint8Array[] {
  return texts.map((text) => UTF8.encode(text));
}

/** Seeds are unsigned 64-bit integers; those that do not fit INT64 are sent as UINT64, which our server accepts. */
function seedTensors(seeds: readonly string[]): readonly WireTensor[] {
  const values = seeds.map(BigInt);
  if (values.length === 0) return [];
  const isSigned = values.every((seed) => seed < 2n ** 63n);
  if (isSigned) return [tensor(PICTURE_INPUTS.seed, BigInt64Array.from(values))];
  return [tensor({ ...PICTURE_INPUTS.seed, datatype: "UINT64" }, BigUint64Array.from(values))];
}

function wholeTensors(input: PictureInput, value: number | undefined): readonly WireTensor[] {
  return value === undefined ? [] : [tensor(input, Int32Array.of(value))];
}

function floatTensors(
  input: PictureInput,
  values: readonly number[] | number | undefined,
): readonly WireTensor[] {
  return values === undefined ? [] : [tensor(input, Float32Array.from([values].flat()))];
}

function textTensors(input: PictureInput, value: string | undefined): readonly WireTensor[] {
  return value === undefined ? [] : [tensor(input, encoded([value]))];
}

/** Encodes a request, with all inputs as JSON or all as binary tensors. */
export function encodeRequest(request: InferRequest, isBinary: boolean): EncodedMessage {
  const { id, parameters, outputs, inputs } = request;
  const members: Members = {
    ...(id === "" ? {} : { id: JSON.stringify(id) }),
    ...(parameters.size === 0 ? {} : { parameters: parametersJson(parameters) }),
    ...(outputs.length === 0 ? {} : { outputs: `[${outputs.map(outputJson).join(",")}]` }),
  };
  return encodeMessage(
    members,
    "inputs",
    inputs.map((input) => outgoing(input, isBinary)),
  );
}

function outgoing(tensor: WireTensor, isBinary: boolean): OutgoingTensor {
  const data = isBinary ? bytes(bytesFromValues(tensor)) : text(dataJson(tensor));
  return { ...tensor, isBinary, data };
}

function outputJson({ name, parameters }: RequestedOutput): string {
  const more = parameters.size === 0 ? "" : `,"parameters":${parametersJson(parameters)}`;
  return `{"name":${JSON.stringify(name)}${more}}`;
}
