import { type ByteSource, join, text } from "../wire/encoded-message.ts";
import { readMessage } from "../wire/framing.ts";
import { type InferRequest, readInferRequest, REQUEST_LIMITS } from "./infer-request.ts";
import type { Json, JsonObject } from "../wire/json.ts";
import { asId, asParameters } from "../wire/members.ts";
import { asRequest } from "../wire/message-fault.ts";
import { PICTURE_OUTPUT } from "./picture-inputs.ts";
import type { Parameters } from "../wire/wire-tensor.ts";

/** Members of a `generate` request that are no settings. */
const OWN_MEMBERS: ReadonlySet<string> = new Set(["id", "text_input", "parameters"]);

/**
 * Reads `POST …/generate_stream` in both dialects: MLServer's, which is the ordinary request, and
 * Triton's, `{text_input, parameters?}` where any other member is a setting too, `parameters.format`
 * among them. The picture is a PNG unless told otherwise: an event of it is one line. Throws
 * REQUEST_INVALID.
 */
export function readGenerateRequest(body: Uint8Array): InferRequest {
  return asRequest(() => {
    const message = readMessage(body, REQUEST_LIMITS);
    return message.has("inputs")
      ? withFormat(readInferRequest({ bytes: body }))
      : fromText(message);
  });
}

/** Parameters of an output that say what its picture is. */
const CHOICES = ["format", "datatype", "flat"];

function withFormat(request: InferRequest): InferRequest {
  const [output = { name: PICTURE_OUTPUT.name, parameters: new Map() }, ...others] =
    request.outputs;
  if (CHOICES.some((name) => output.parameters.has(name))) return request;
  const parameters: Parameters = new Map([...output.parameters, ["format", "png"]]);
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
  const format = parameters.get("format") ?? "png";
  return {
    id: asId(message.get("id"), "id"),
    parameters,
    inputs: [],
    outputs: [{ name: PICTURE_OUTPUT.name, parameters: new Map([["format", format]]) }],
  };
}

/** How far a picture is: an event of `generate_stream`. */
export interface ProgressEvent {
  readonly id: string;
  readonly model_name: string;
  /** Steps done, of how many; of all pictures of the request together. */
  readonly step: number;
  readonly of: number;
  /** What it looks like so far: a small PNG in base64. */
  readonly preview?: string;
}

/** One server-sent event of JSON that has no line breaks, as JSON of ours has none. */
export function serverSentEvent(json: ByteSource): ByteSource {
  return join([text("data: "), json, text("\n\n")]);
}

/** A progress or an error as the JSON of an event. */
export function eventJson(event: ProgressEvent | { readonly error: string }): ByteSource {
  return text(JSON.stringify(event));
}
