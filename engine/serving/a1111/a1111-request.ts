import { z } from "zod";
import { type GenerationRequest, requestSchema } from "../../contract/request.ts";
import type { ResizeMode } from "../../contract/resize-mode.ts";
import type { SchedulerName } from "../../contract/schedulers.ts";
import { seedSchema } from "../../contract/seed.ts";
import { schedulerNamed } from "../../image/sampler-names.ts";
import { REQUEST_LIMITS } from "../../kserve/server/infer-request.ts";
import { refuseTooLarge, refuseTooMany } from "../../kserve/server/picture-request.ts";
import type { PictureFormat } from "../../kserve/server/wanted-picture.ts";
import { readMessage } from "../../kserve/wire/framing.ts";
import { type JsonObject, plainOf } from "../../kserve/wire/json.ts";
import { cleanText } from "../../kserve/wire/members.ts";
import { asRequest, MessageFault, quote } from "../../kserve/wire/message-fault.ts";
import { readMembers, readPicture } from "../routes/read-members.ts";

/** The pictures of a request to A1111's API, and the form of the reply. */
export interface A1111Request {
  readonly requests: readonly GenerationRequest[];
  /** The start image for image to image. */
  readonly startImage?: Uint8Array;
  /** The model's name, if the request overrides it. */
  readonly model?: string;
  readonly format: Exclude<PictureFormat, "raw">;
  readonly sendsImages: boolean;
  readonly batchSize: number;
  /** The request without its pictures; the reply repeats it. */
  readonly parameters: object;
}

const { shape } = requestSchema;
const MOST_PICTURES = 100;
const MOST_START_IMAGES = 16;
const count = z.int().min(1).max(MOST_PICTURES);

/**
 * Members that are supported, and those that are refused if they ask for something. Others are ignored, as in A1111.
 */
export const a1111Schema = z
  .object({
    prompt: shape.prompt,
    negative_prompt: shape.prompt,
    // A1111 accepts text as well, and a plugin sends it.
    seed: z.union([z.int(), z.bigint(), z.string().regex(/^-?\d{1,20}$/)]),
    sampler_name: z.string().max(100),
    sampler_index: z.string().max(100),
    scheduler: z.string().max(100),
    batch_size: count,
    n_iter: count,
    steps: shape.steps.unwrap(),
    cfg_scale: shape.guidanceScale.unwrap(),
    width: shape.width.unwrap(),
    height: shape.height.unwrap(),
    denoising_strength: z.number().min(0).max(1),
    resize_mode: z.int(),
    init_images: z.array(z.string()).max(MOST_START_IMAGES),
    override_settings: z.record(z.string(), z.unknown()),
    send_images: z.boolean(),
    enable_hr: z.boolean(),
    restore_faces: z.boolean(),
    tiling: z.boolean(),
    script_name: z.string(),
    styles: z.array(z.unknown()),
    alwayson_scripts: z.record(z.string(), z.unknown()),
    refiner_checkpoint: z.string(),
    subseed_strength: z.number(),
    mask: z.string(),
  })
  .partial();
type Members = z.output<typeof a1111Schema>;

/** The default of StableDiffusionProcessingImg2Img. */
const USUAL_STRENGTH = 0.75;

/** Reads `POST /sdapi/v1/txt2img` or, with a start image, `img2img`. Throws REQUEST_INVALID. */
export function readA1111Request(bytes: Uint8Array, kind: "txt2img" | "img2img"): A1111Request {
  return asRequest(() => {
    const message = readMessage(bytes, REQUEST_LIMITS);
    const members = readMembers(a1111Schema, message);
    refuseNotOffered(members);
    const { batch_size: batchSize = 1, n_iter: batches = 1, send_images: sendsImages } = members;
    refuseTooMany(batchSize * batches);
    const request = generationOf(members, batchSize * batches);
    refuseTooLarge([{ ...request, prompts: [request.prompt], count: batchSize * batches }]);
    const asked = {
      ...overridden(members),
      sendsImages: sendsImages ?? true,
      batchSize,
      parameters: echoOf(message),
    };
    if (kind === "txt2img") return { ...asked, requests: [request] };
    const start = { strength: strengthOf(members), resizeMode: resizeModeOf(members) };
    return { ...asked, startImage: startImageOf(members), requests: [{ ...request, ...start }] };
  });
}

function generationOf(members: Members, pictures: number): GenerationRequest {
  const { steps, cfg_scale: guidanceScale, width, height } = members;
  const scheduler = schedulerOf(members);
  const seed = seedOf(members);
  return {
    prompt: cleanText(members.prompt ?? "", Infinity, "prompt"),
    negativePrompt: cleanText(members.negative_prompt ?? "", Infinity, "negative_prompt"),
    count: pictures,
    ...(steps !== undefined && { steps }),
    ...(guidanceScale !== undefined && { guidanceScale }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
    ...(scheduler !== undefined && { scheduler }),
    ...(seed !== undefined && { seed }),
  };
}

/** -1 means a random seed. */
function seedOf({ seed: given = -1 }: Members): string | undefined {
  const seed = String(given);
  if (seed === "-1") return undefined;
  const { data } = seedSchema.safeParse(seed);
  if (data !== undefined) return data;
  const reason = "it is -1, or a whole number from 0 to 18446744073709551615";
  throw new MessageFault("seed", seed, reason);
}

/**
 * A sampler without a schedule type uses its own, A1111's "Automatic"; without a sampler the model or the preset
 * decides.
 */
function schedulerOf({
  sampler_name: name,
  sampler_index: index,
  scheduler: schedule = "",
}: Members): SchedulerName | undefined {
  const sampler = (name ?? "") === "" ? index : name;
  if (sampler === undefined || sampler === "") return undefined;
  const found = schedulerNamed(sampler, schedule === "" ? "automatic" : schedule);
  if (found !== undefined) return found;
  const given = schedule === "" ? quote(sampler) : `${quote(sampler)} with ${quote(schedule)}`;
  throw new MessageFault("sampler_name", given, "GET /sdapi/v1/samplers lists those there are");
}

function strengthOf({ denoising_strength: strength = USUAL_STRENGTH }: Members): number {
  if (strength > 0) return strength;
  throw new MessageFault("denoising_strength", "0", "nothing would change");
}

/** In A1111's order: just resize, crop and resize, resize and fill; the fourth is of latents. */
const RESIZE_MODES: readonly ResizeMode[] = ["default", "crop", "fill"];

function resizeModeOf({ resize_mode: number = 0 }: Members): ResizeMode {
  const mode = RESIZE_MODES[number];
  if (mode !== undefined) return mode;
  throw new MessageFault("resize_mode", String(number), "it is 0, 1 or 2");
}

function startImageOf({ init_images: images = [] }: Members): Uint8Array {
  const [image] = images;
  if (image === undefined)
    throw new MessageFault("init_images", "empty", "img2img starts from one");
  if (images.length === 1) return readPicture(image, "init_images");
  throw new MessageFault("init_images", `${images.length} pictures`, "send one in each request");
}

const FORMATS: Readonly<Record<string, A1111Request["format"]>> = {
  png: "png",
  jpg: "jpeg",
  jpeg: "jpeg",
  webp: "webp",
};

function overridden({
  override_settings: settings = {},
}: Members): Pick<A1111Request, "format" | "model"> {
  const { sd_model_checkpoint: model, samples_format: format = "png" } = settings;
  const known = FORMATS[String(format)];
  if (known === undefined) {
    throw new MessageFault("samples_format", quote(String(format)), "it is png, jpg or webp");
  }
  return { format: known, ...(typeof model === "string" && model !== "" && { model }) };
}

/** Refuses by name what would change the picture and is not supported. */
function refuseNotOffered(members: Members): void {
  const { override_settings: settings = {}, alwayson_scripts: scripts = {} } = members;
  const asked: Readonly<Record<string, boolean>> = {
    enable_hr: members.enable_hr === true,
    restore_faces: members.restore_faces === true,
    tiling: members.tiling === true,
    script_name: isNamed(members.script_name),
    styles: (members.styles ?? []).length > 0,
    alwayson_scripts: Object.values(scripts).some(isActive),
    refiner_checkpoint: isNamed(members.refiner_checkpoint),
    subseed_strength: (members.subseed_strength ?? 0) > 0,
    mask: members.mask !== undefined,
    CLIP_stop_at_last_layers: Number(settings["CLIP_stop_at_last_layers"] ?? 1) > 1,
  };
  const name = Object.keys(asked).find((key) => asked[key]);
  if (name !== undefined) throw new MessageFault(name, "used", "it is not offered; leave it out");
}

function isNamed(name: string | undefined): boolean {
  return name !== undefined && !/^(?:none)?$/i.test(name);
}

/** Clients also send inactive scripts: without arguments, or with false as the first. */
function isActive(script: unknown): boolean {
  const args: unknown =
    typeof script === "object" && script !== null ? Reflect.get(script, "args") : script;
  return !Array.isArray(args) || (args.length > 0 && args[0] !== false);
}

const PICTURES: ReadonlySet<string> = new Set(["init_images", "mask"]);

function echoOf(message: JsonObject): object {
  const told = [...message].filter(([name]) => !PICTURES.has(name));
  return Object.fromEntries(told.map(([name, value]) => [name, plainOf(value)]));
}
