import { z } from "zod";
import type { Preset } from "../../contract/presets.ts";
import { type GenerationRequest, requestSchema } from "../../contract/request.ts";
import { REQUEST_LIMITS } from "../../kserve/server/infer-request.ts";
import { PICTURE_INPUTS, type PictureInput } from "../../kserve/server/picture-inputs.ts";
import { generationRequests, pictureRequest } from "../../kserve/server/picture-request.ts";
import type { PictureFormat } from "../../kserve/server/wanted-picture.ts";
import { readMessage } from "../../kserve/wire/framing.ts";
import { shown } from "../../kserve/wire/json.ts";
import { asParameters } from "../../kserve/wire/members.ts";
import { asRequest, MessageFault, quote } from "../../kserve/wire/message-fault.ts";
import type { Parameters, ParameterValue } from "../../kserve/wire/wire-tensor.ts";

/** What pictures a request of OpenAI's images API asks for, and how they are to come back. */
export interface ImageRequest {
  /** The model by its name; whichever is served where it is absent. */
  readonly model?: string | undefined;
  readonly requests: readonly GenerationRequest[];
  readonly format: Exclude<PictureFormat, "raw">;
  /** Whether a picture is a `data:` address instead of plain base64. */
  readonly isUrl: boolean;
  readonly isStream: boolean;
  /** Pictures of what develops that a stream is to tell. */
  readonly partialImages: number;
}

/** Most pictures of a request, as at OpenAI. */
const MOST_PICTURES = 10;
const MOST_PARTIAL_IMAGES = 3;

/** `standard` is what clients send who were not asked: the server's own preset, as `auto` is. */
const PRESETS_BY_QUALITY: Readonly<Record<string, Preset>> = {
  low: "fast",
  medium: "balanced",
  high: "exact",
  hd: "exact",
};

/** OpenAI's members besides the prompt. style, moderation and user have no effect. */
export const imageSchema = z
  .object({
    model: z.string().max(256),
    n: z.int().min(1).max(MOST_PICTURES),
    size: z.string().regex(/^(?:auto|\d{2,4}x\d{2,4})$/, "it is auto, or WIDTHxHEIGHT in pixels"),
    quality: z.enum(["auto", "standard", "low", "medium", "high", "hd"]),
    response_format: z.enum(["b64_json", "url"]),
    output_format: z.enum(["png", "jpeg", "webp"]),
    background: z.enum(["auto", "opaque"]),
    moderation: z.enum(["auto", "low"]),
    style: z.enum(["vivid", "natural"]),
    user: z.string().max(256),
    stream: z.boolean(),
    partial_images: z.int().min(0).max(MOST_PARTIAL_IMAGES),
  })
  .partial();

/** What OpenAI's API has and we do not. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  mask: "inpainting is not offered; leave it out to change the whole picture",
  output_compression: "files are compressed as Darkroom sees fit",
  input_fidelity: "`strength` says how far a picture may go from its start image",
};

const INPUTS: readonly PictureInput[] = Object.values(PICTURE_INPUTS);
const INPUT_NAMES: ReadonlySet<string> = new Set(
  INPUTS.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])),
);

/** Reads `POST /v1/images/generations`: OpenAI's members, and ours by v2's input names. Throws REQUEST_INVALID. */
export function readGeneration(bytes: Uint8Array): ImageRequest {
  return asRequest(() => toImageRequest(asParameters(readMessage(bytes, REQUEST_LIMITS), "body")));
}

function toImageRequest(given: Parameters): ImageRequest {
  const own = new Map([...given].filter(([name]) => name in imageSchema.shape));
  const settings = new Map([...given].filter(([name]) => !own.has(name)));
  const stranger = [...settings.keys()].find((name) => !INPUT_NAMES.has(name));
  if (stranger !== undefined) {
    const reason = NOT_OFFERED[stranger] ?? "this server knows no such parameter";
    throw new MessageFault(
      /^\w{1,60}$/.test(stranger) ? stranger : quote(stranger),
      "used",
      reason,
    );
  }
  const choices = chosen(own);
  const parameters = new Map([...asInputs(choices), ...settings, ...sizeOf(choices)]);
  return {
    model: choices.model,
    requests: generationRequests(pictureRequest({ inputs: [], parameters })),
    format: choices.output_format ?? "png",
    isUrl: choices.response_format === "url",
    isStream: choices.stream ?? false,
    partialImages: choices.partial_images ?? 0,
  };
}

type Choices = z.output<typeof imageSchema>;

function chosen(own: Parameters): Choices {
  const { data, error } = imageSchema.safeParse(Object.fromEntries(own));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  const name = String(issue?.path[0] ?? "body");
  const reason = issue?.message.replace(/^Invalid (?:input|option): /, "") ?? "it does not fit";
  throw new MessageFault(name, shown(own.get(name)), reason);
}

/** A size is one of the model's own where it is left to us. */
function sizeOf({ size = "auto" }: Choices): readonly (readonly [string, ParameterValue])[] {
  if (size === "auto") return [];
  const [width, height] = size.split("x").map(Number);
  const { shape } = requestSchema;
  if ([width, height].every((side) => shape.width.safeParse(side).success)) {
    return [
      ["width", Number(width)],
      ["height", Number(height)],
    ];
  }
  throw new MessageFault("size", quote(size), "sides are multiples of 8 from 64 to 2048");
}

function asInputs({ n, quality }: Choices): readonly (readonly [string, ParameterValue])[] {
  const preset = PRESETS_BY_QUALITY[quality ?? "auto"];
  return [
    ...(n === undefined ? [] : ([["num_images_per_prompt", n]] as const)),
    ...(preset === undefined ? [] : ([["preset", preset]] as const)),
  ];
}
