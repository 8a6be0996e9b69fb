import { BASE64, CONTENT_TYPE } from "../wire/data-json.ts";
import {
  type EncodedMessage,
  encodeMessage,
  type OutgoingTensor,
  parametersJson,
} from "../wire/encoded-message.ts";
import { DECIMALS, SHARES } from "./nested-json.ts";
import {
  type DrawnPictures,
  filesBytes,
  filesJson,
  pixelBytes,
  pixelJson,
  pixelShape,
} from "./picture-data.ts";
import type { InferRequest } from "./infer-request.ts";
import { PICTURE_INPUTS, PICTURE_OUTPUT } from "./picture-inputs.ts";
import type { WantedPicture } from "./wanted-picture.ts";
import type { Parameters, ParameterValue } from "../wire/wire-tensor.ts";

/** The members of a reply besides the pictures. */
export interface ReplyHead {
  readonly modelName: string;
  /** Only for models with versions. */
  readonly modelVersion?: string;
  /** The request's id. */
  readonly id: string;
  /** The seed of each picture, in decimal. */
  readonly seeds: readonly string[];
  readonly device: string;
  /** The precision of the UNet's products, where known. */
  readonly precision?: string | undefined;
  readonly seconds: number;
  /** The client's name for the output, if it is not ours. */
  readonly outputName?: string;
}

/** The reply to an inference request in the form that its client wants. */
export function pictureReply(
  head: ReplyHead,
  drawn: DrawnPictures,
  wanted: WantedPicture,
): EncodedMessage {
  const { modelName, modelVersion, id, outputName: name } = head;
  const members = {
    model_name: JSON.stringify(modelName),
    ...(modelVersion === undefined ? {} : { model_version: JSON.stringify(modelVersion) }),
    id: JSON.stringify(id),
    parameters: parametersJson(replyParameters(head)),
  };
  const tensor = { ...pictureTensor(drawn, wanted), ...(name !== undefined && { name }) };
  return encodeMessage(members, "outputs", [tensor]);
}

/** How the pictures of a reply were made. */
export function replyParameters({ seeds, device, precision, seconds }: ReplyHead): Parameters {
  return new Map<string, ParameterValue>([
    ["seed", seeds.join(",")],
    ["device", device],
    ...(precision === undefined ? [] : [["precision", precision] as const]),
    ["seconds", seconds],
  ]);
}

/** The pictures of a reply as its output tensor. */
export function pictureTensor(drawn: DrawnPictures, wanted: WantedPicture): OutgoingTensor {
  return wanted.format === "raw" ? pixelTensor(drawn, wanted) : fileTensor(drawn, wanted);
}

/** The output's name in the KServe example's handler, and in our reply to it. */
export const HANDLERS_OUTPUT = "output0";

const HANDLERS_PIXELS = {
  format: "raw",
  datatype: "UINT8",
  isFlat: false,
  isBinary: false,
} as const;

/** The reply of the KServe example's handler (stable_diffusion_handler.py), without additional members. */
export function notebookReply(drawn: DrawnPictures): EncodedMessage {
  const tensor = { ...pixelTensor(drawn, HANDLERS_PIXELS), name: HANDLERS_OUTPUT };
  return encodeMessage({ id: '"42"' }, "outputs", [{ ...tensor, datatype: "fp16" }]);
}

/** The same through KServe's wrapper for TorchServe (kserve 0.13), which adds a member for each of its own fields. */
export function wrappedNotebookReply(modelName: string, drawn: DrawnPictures): EncodedMessage {
  const output = { name: HANDLERS_OUTPUT, datatype: "FP16", parameters: null };
  const members = {
    model_name: JSON.stringify(modelName),
    model_version: "null",
    id: '"42"',
    parameters: "null",
  };
  const tensor = { ...pixelTensor(drawn, HANDLERS_PIXELS), ...output };
  return encodeMessage(members, "outputs", [tensor]);
}

/** The same through the wrapper's v1 address, which passes a v2 reply on without the empty parameters. */
export function passedNotebookReply(modelName: string, drawn: DrawnPictures): EncodedMessage {
  const output = { name: HANDLERS_OUTPUT, datatype: "FP16" };
  const members = { id: '"42"', model_name: JSON.stringify(modelName), model_version: "null" };
  const tensor = { ...pixelTensor(drawn, HANDLERS_PIXELS), ...output };
  return encodeMessage(members, "outputs", [tensor]);
}

const OWN_INPUTS: ReadonlySet<string> = new Set(
  Object.values(PICTURE_INPUTS).flatMap((input) => [
    input.name,
    ...("alias" in input ? [input.alias] : []),
  ]),
);

/**
 * Whether a request asks for nothing that the KServe example's handler lacks: a single input, with any name but ours,
 * is the prompt.
 */
export function isNotebookRequest({ inputs, outputs, parameters }: InferRequest): boolean {
  const [input, another] = inputs;
  const isPrompt = input !== undefined && another === undefined && !OWN_INPUTS.has(input.name);
  const isWhole = outputs.every(
    ({ name, parameters: its }) => name === HANDLERS_OUTPUT && its.size === 0,
  );
  return isPrompt && isWhole && parameters.size === 0;
}

type RawWanted = Extract<WantedPicture, { readonly format: "raw" }>;
type FileWanted = Exclude<WantedPicture, RawWanted>;

function pixelTensor(drawn: DrawnPictures, wanted: RawWanted): OutgoingTensor {
  const { datatype, isBinary, isFlat } = wanted;
  return {
    name: PICTURE_OUTPUT.name,
    datatype,
    shape: pixelShape(drawn),
    parameters: new Map(),
    isBinary,
    data: isBinary
      ? pixelBytes(drawn, datatype)
      : pixelJson(drawn, datatype === "UINT8" ? DECIMALS : SHARES, isFlat),
  };
}

function fileTensor(drawn: DrawnPictures, { format, isBinary }: FileWanted): OutgoingTensor {
  const strings: Parameters = new Map(isBinary ? [] : [[CONTENT_TYPE, BASE64]]);
  return {
    name: PICTURE_OUTPUT.name,
    datatype: "BYTES",
    shape: [drawn.pictures.length],
    parameters: new Map([["format", format], ...strings]),
    isBinary,
    data: isBinary ? filesBytes(drawn) : filesJson(drawn),
  };
}
