import { type ByteSource, join, text } from "../wire/encoded-message.ts";
import { readMessage } from "../wire/framing.ts";
import {
  type InferRequest,
  readInferRequest,
  refuseUnoffered,
  REQUEST_LIMITS,
} from "./infer-request.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import { asId, asParameters } from "../wire/members.ts";
import { asRequest } from "../wire/message-fault.ts";
import { PICTURE_OUTPUT } from "./picture-inputs.ts";
import type { Parameters } from "../wire/wire-tensor.ts";

/** Members of a `generate` request that are not settings. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(["id", "text_input", "parameters"]);

/**
 * Reads `POST …/generate_stream` in both dialects: MLServer's, which is an ordinary inference request, and Triton's,
 * `{text_input, parameters?}`, where any other member is a setting or says how the picture comes back. Pictures are PNG
 * by default, since an event is a single line. Throws REQUEST_INVALID.
 */
export function readGenerateRequest(body: Uint8Array): InferRequest {
  return asRequest(() => {
    const message = readMessage(body, REQUEST_LIMITS);
    return message.has("inputs")
      ? withFormat(readInferRequest({ bytes: body }))
      : fromText(message);
  });
}

/** Parameters of an output that select its format. */
const CHOICES = ["format", "datatype", "flat"];
const PNG: Parameters = new Map([["format", "png"]]);

function withFormat(request: InferRequest): InferRequest {
  const [output = { name: PICTURE_OUTPUT.name, parameters: new Map() }, ...others] =
    request.outputs;
  if (CHOICES.some((name) => output.parameters.has(name))) return request;
  const parameters: Parameters = new Map([...output.parameters, ...PNG]);
  return { ...request, outputs: [{ ...output, parameters }, ...others] };
}

function fromText(message: JsonObject): InferRequest {
  const extra = [...message].filter(([name]) => !OWN_MEMBERS.has(name));
  const prompt = message.get("text_input");
  const given: readonly (readonly [string, Json])[] =
    prompt === undefined ? extra : [...extra, ["prompt", prompt]];
  const parameters = new Map([
    ...asParameters(message.get("parameters"), "parameters"),
    ...asParameters(new Map(given), "body"),
  ]);
  refuseUnoffered(parameters, "parameters");
  const chosen = CHOICES.flatMap((name) => {
    const value = parameters.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    id: asId(message.get("id"), "id"),
    parameters,
    inputs: [],
    outputs: [{ name: PICTURE_OUTPUT.name, parameters: chosen.length > 0 ? new Map(chosen) : PNG }],
  };
}

/** The progress of a picture: an event of `generate_stream`. */
export interface ProgressEvent {
  readonly id: string;
  readonly model_name: string;
  /** Steps finished, and their total, over all pictures of the request. */
  readonly step: number;
  readonly of: number;
  /** The picture so far: a small PNG in base64. */
  readonly preview?: string;
}

/** A server-sent event with JSON, which must not contain line breaks; ours never does. */
export function serverSentEvent(json: ByteSource): ByteSource {
  return join([text("data: "), json, text("\n\n")]);
}

/** A progress event or an error as JSON. */
export function eventJson(event: ProgressEvent | { readonly error: string }): ByteSource {
  return text(JSON.stringify(event));
}
