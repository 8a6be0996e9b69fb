import type { Order } from "../contract/order.ts";
import {
  askForPictures,
  askForPrompts,
  encodeRequest,
  NOTEBOOK_INPUT,
} from "../kserve/client/request.ts";
import type { InferRequest, RequestedOutput } from "../kserve/server/infer-request.ts";
import {
  PICTURE_INPUTS,
  PICTURE_OUTPUT,
  type PictureInput,
} from "../kserve/server/picture-inputs.ts";
import type { EncodedMessage } from "../kserve/wire/encoded-message.ts";
import type { ParameterValue } from "../kserve/wire/wire-tensor.ts";
import type { Receiver } from "./sent-order.ts";

/** Encodes an order, which contains only what is to be sent, as the body of an inference request. */
export function encodeOrder(id: string, order: Order, receiver: Receiver): EncodedMessage {
  return encodeRequest(requestFor(id, order, receiver), false);
}

/** The picture as the bytes of a PNG file, which our own server has made already. */
const PNG_OUTPUT: RequestedOutput = {
  name: PICTURE_OUTPUT.name,
  parameters: new Map<string, ParameterValue>([
    ["format", "png"],
    ["binary_data", true],
  ]),
};

/** The same, asking for the picture in the smallest form: a PNG from our own server, a binary tensor from others. */
export function encodeBinaryOrder(id: string, order: Order, receiver: Receiver): EncodedMessage {
  // Only our own server declares this input.
  const isOurs = receiver.check?.inputs.includes(PICTURE_INPUTS.cacheInterval.name) === true;
  const form = isOurs
    ? { outputs: [PNG_OUTPUT] }
    : { parameters: new Map([["binary_data_output", true]]) };
  return encodeRequest({ ...requestFor(id, order, receiver), ...form }, false);
}

/** The same request before encoding. */
export function requestFor(id: string, order: Order, receiver: Receiver): InferRequest {
  const declared = receiver.check?.inputs ?? [];
  const request =
    receiver.profile === "prompt"
      ? askForPrompts(id, [order.prompt], promptInput(declared))
      : withNames(askForSettings(id, order), declared);
  return withRanks(request, receiver.check);
}

/** Gives inputs as many dimensions as they are declared with: a Triton model that takes batches has one more. */
function withRanks(request: InferRequest, check: Receiver["check"]): InferRequest {
  if (check?.ranks === undefined) return request;
  const { inputs: declared, ranks } = check;
  const inputs = request.inputs.map((input) => {
    const rank = ranks[declared.indexOf(input.name)] ?? 1;
    const batch = Array.from({ length: Math.max(0, rank - input.shape.length) }, () => 1);
    return { ...input, shape: [...batch, ...input.shape] };
  });
  return { ...request, inputs };
}

/** The endpoint's name for the prompt input. */
function promptInput(declared: readonly string[]): string {
  const { name } = PICTURE_INPUTS.prompt;
  const [only] = declared;
  if (declared.includes(name)) return name;
  return declared.length === 1 && only !== undefined ? only : NOTEBOOK_INPUT;
}

function askForSettings(id: string, order: Order): InferRequest {
  const { prompt, negativePrompt, steps, guidanceScale, seed, scheduler } = order;
  const { width, height, isSizeOpen, precision, preset, guidanceInterval, cacheInterval } = order;
  const { decoder } = order;
  const request = askForPictures(id, {
    prompts: [prompt],
    negativePrompts: [negativePrompt],
    seeds: seed === undefined ? [] : [seed],
    ...(steps !== undefined && { steps }),
    ...(guidanceScale !== undefined && { guidanceScale }),
    ...(scheduler !== undefined && { scheduler }),
    ...(precision !== undefined && { precision }),
    ...(preset !== undefined && { preset }),
    ...(guidanceInterval !== undefined && { guidanceInterval }),
    ...(cacheInterval !== undefined && { cacheInterval }),
    ...(decoder !== undefined && { decoder }),
    ...(isSizeOpen !== true && { width, height }),
    count: 1,
  });
  // Every endpoint returns one picture by default; not all know the input for the number.
  const inputs = request.inputs.filter(({ name }) => name !== PICTURE_INPUTS.count.name);
  return { ...request, inputs };
}

/** Renames inputs to the names that the endpoint declares, if those are aliases. */
function withNames(request: InferRequest, declared: readonly string[]): InferRequest {
  const inputs = request.inputs.map((input) => {
    if (declared.length === 0 || declared.includes(input.name)) return input;
    if (input.name === PICTURE_INPUTS.prompt.name) return { ...input, name: promptInput(declared) };
    return { ...input, name: aliasOf(input.name, declared) ?? input.name };
  });
  return { ...request, inputs };
}

function aliasOf(name: string, declared: readonly string[]): string | undefined {
  const inputs: readonly PictureInput[] = Object.values(PICTURE_INPUTS);
  const { alias } = inputs.find((input) => input.name === name) ?? {};
  return alias !== undefined && declared.includes(alias) ? alias : undefined;
}
