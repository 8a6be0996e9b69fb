import { z } from "zod";
import type { Preset } from "../../contract/presets.ts";
import { type GenerationRequest, requestSchema } from "../../contract/request.ts";
import { REQUEST_LIMITS } from "../../kserve/server/infer-request.ts";
import { PICTURE_INPUTS, type PictureInput } from "../../kserve/server/picture-inputs.ts";
import { generationRequests, pictureRequest } from "../../kserve/server/picture-request.ts";
import type { PictureFormat } from "../../kserve/server/wanted-picture.ts";
import { readMessage } from "../../kserve/wire/framing.ts";
import type { Json, JsonObject } from "../../kserve/wire/json.ts";
import { asParameters } from "../../kserve/wire/members.ts";
import { asRequest, MessageFault, quote } from "../../kserve/wire/message-fault.ts";
import type { ParameterValue } from "../../kserve/wire/wire-tensor.ts";
import { formIn, isForm } from "../routes/read-body.ts";
import { pictureIn, readMembers, readPicture } from "../routes/read-members.ts";

/** The pictures of a request to OpenAI's images API, and the form of the reply. */
export interface ImageRequest {
  /** The model's name; by default the served model. */
  readonly model?: string | undefined;
  readonly requests: readonly GenerationRequest[];
  /** The start image of an edit. */
  readonly startImage?: Uint8Array;
  readonly format: Exclude<PictureFormat, "raw">;
  /** Whether a picture is returned as a `data:` address instead of plain base64. */
  readonly isUrl: boolean;
  readonly isStream: boolean;
  /** Number of pictures so far that a stream should contain. */
  readonly partialImages: number;
}

/** Maximum number of pictures, as at OpenAI. */
const MOST_PICTURES = 10;
const MOST_PARTIAL_IMAGES = 3;

/** `standard` is what clients send by default: the server's own preset, as is `auto`. */
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

/** Features of OpenAI's API that we lack. */
const NOT_OFFERED: Readonly<Record<string, string>> = {
  mask: "inpainting is not offered; leave it out to change the whole picture",
  output_compression: "files are compressed as Darkroom sees fit",
  input_fidelity: "`strength` says how far a picture may go from its start image",
};

const INPUTS: readonly PictureInput[] = Object.values(PICTURE_INPUTS);
const INPUT_NAMES: ReadonlySet<string> = new Set(
  INPUTS.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias])),
);

/** Reads `POST /v1/images/generations`: OpenAI's members, and ours with v2's input names. Throws REQUEST_INVALID. */
export function readGeneration(bytes: Uint8Array): ImageRequest {
  return asRequest(() => toImageRequest(readMessage(bytes, REQUEST_LIMITS)));
}

/**
 * Reads `POST /v1/images/edits`, a form or JSON: the same, plus the start image and its strength. Throws
 * REQUEST_INVALID.
 */
export async function readEdit(bytes: Uint8Array, type = ""): Promise<ImageRequest> {
  const form = isForm(type) ? await readForm(bytes, type) : undefined;
  return asRequest(() => {
    const { members, images } = form ?? imagesIn(readMessage(bytes, REQUEST_LIMITS));
    const [startImage, second] = images;
    if (startImage === undefined) throw new MessageFault("image", "absent", "an edit needs one");
    if (second !== undefined) {
      throw new MessageFault("image", `${images.length} files`, "a picture starts from one");
    }
    const { strength, resize_mode: resizeMode } = readMembers(startSchema, members);
    const rest = new Map([...members].filter(([name]) => !START_MEMBERS.has(name)));
    const asked = toImageRequest(rest);
    const start = {
      ...(strength !== undefined && { strength }),
      ...(resizeMode !== undefined && { resizeMode }),
    };
    return {
      ...asked,
      startImage,
      requests: asked.requests.map((request) => ({ ...request, ...start })),
    };
  });
}

/** What an edit takes beyond OpenAI's members, by diffusers' names. */
const startSchema = z.object({
  strength: requestSchema.shape.strength,
  resize_mode: requestSchema.shape.resizeMode,
});
const START_MEMBERS: ReadonlySet<string> = new Set(Object.keys(startSchema.shape));

/** The pictures in a JSON request: OpenAI's list of addresses, of which only `data:` addresses are read. */
const imagesSchema = z.object({
  images: z.array(z.strictObject({ image_url: z.string() })).max(16),
});

interface Edit {
  readonly members: JsonObject;
  readonly images: readonly Uint8Array[];
}

function imagesIn(message: JsonObject): Edit {
  const { images } = readMembers(imagesSchema, new Map([["images", message.get("images") ?? []]]));
  return {
    members: new Map([...message].filter(([name]) => name !== "images")),
    images: images.map(({ image_url }, i) => readPicture(image_url, `images.${i}.image_url`)),
  };
}

/** The fields of a form are texts: what looks like a number or Boolean becomes one, except where text is expected. */
async function readForm(bytes: Uint8Array, type: string): Promise<Edit> {
  const form = await formIn(bytes, type);
  const members = new Map<string, Json>();
  const images: Uint8Array[] = [];
  for (const [name, value] of form) {
    const isImage = name === "image" || name === "image[]";
    if (isImage && typeof value !== "string") images.push(await value.bytes());
    else members.set(name, typeof value === "string" ? valueOf(name, value) : "a file");
  }
  return { members, images: images.map((image) => asRequest(() => pictureIn(image, "image"))) };
}

const WORDS: ReadonlySet<string> = new Set(["prompt", "negative_prompt", "model", "user", "seed"]);

function valueOf(name: string, value: string): Json {
  if (WORDS.has(name)) return value;
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d{1,15}(?:\.\d{1,15})?$/.test(value) ? Number(value) : value;
}

function toImageRequest(members: JsonObject): ImageRequest {
  const own = new Map([...members].filter(([name]) => name in imageSchema.shape));
  const others = new Map([...members].filter(([name]) => !own.has(name)));
  const stranger = [...others.keys()].find((name) => !INPUT_NAMES.has(name));
  if (stranger !== undefined) {
    const reason = NOT_OFFERED[stranger] ?? "this server knows no such parameter";
    throw new MessageFault(
      /^\w{1,60}$/.test(stranger) ? stranger : quote(stranger),
      "used",
      reason,
    );
  }
  const choices = readMembers(imageSchema, own);
  const settings = asParameters(others, "body");
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

/** With "auto" the size is the model's own. */
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
