import type { z } from "zod";
import { reasonOf } from "../../contract/invalid-input.ts";
import type { Decoder, GuidanceInterval, Preset } from "../../contract/presets.ts";
import { requestSchema, type GenerationRequest } from "../../contract/request.ts";
import type { SchedulerName } from "../../contract/schedulers.ts";
import { seedAfter, seedSchema } from "../../contract/seed.ts";
import { MAX_PICTURES, type PictureSource, refuseStrays, valuesFor } from "./given-values.ts";
import { asRequest, MessageFault, quote } from "../wire/message-fault.ts";
import { PICTURE_INPUTS, type PictureInput } from "./picture-inputs.ts";
import type { ParameterValue } from "../wire/wire-tensor.ts";

/** The pictures of one inference request; absent settings are the model's choice. */
export interface PictureRequest {
  /** At least one; pictures are numbered prompt by prompt. */
  readonly prompts: readonly string[];
  /** One for each prompt. */
  readonly negativePrompts: readonly string[];
  /** In decimal: none, the first picture's, or one for each picture. */
  readonly seeds: readonly string[];
  readonly steps?: number;
  readonly guidanceScale?: number;
  /** In pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly scheduler?: SchedulerName;
  readonly precision?: NonNullable<GenerationRequest["precision"]>;
  readonly preset?: Preset;
  readonly guidanceInterval?: GuidanceInterval;
  readonly cacheInterval?: number;
  readonly decoder?: Decoder;
  /** Pictures per prompt. */
  readonly count: number;
}

const SHAPE = requestSchema.shape;

/** The pictures that a request asks for, by the table in picture-inputs.ts. Throws REQUEST_INVALID. */
export function pictureRequest(source: PictureSource): PictureRequest {
  return asRequest(() => {
    const request = toPictureRequest(source);
    refuseTooLarge([request]);
    return request;
  });
}

/** The same for part of a message. Throws MessageFault. */
export function toPictureRequest(source: PictureSource): PictureRequest {
  refuseStrays(source);
  const prompts = texts(PICTURE_INPUTS.prompt, source);
  if (prompts.length === 0) throw new MessageFault("prompt", "absent", "a picture needs one");
  const count = setting(PICTURE_INPUTS.count, SHAPE.count, source) ?? 1;
  const pictures = prompts.length * count;
  refuseTooMany(pictures);
  return {
    prompts,
    negativePrompts: negativePrompts(source, prompts.length),
    seeds: seeds(source, pictures),
    ...settings(source),
    count,
  };
}

/** Refuses more pictures than one request may ask for. */
export function refuseTooMany(pictures: number): void {
  if (pictures <= MAX_PICTURES) return;
  throw new MessageFault("A request", `for ${pictures} pictures`, `the limit is ${MAX_PICTURES}`);
}

/**
 * Maximum number of pixels in a request, since all pictures are kept in memory until the last one: 100 of 768x768, or
 * 16 of 2048x2048.
 */
const MAX_PIXELS = 1 << 26;

/** Assumed for a side that is left to the model, which is rarely larger. */
const USUAL_SIDE = 768;

/** What decides how large a request's pictures are; an absent side is the model's own. */
interface Sized extends Pick<PictureRequest, "prompts" | "count"> {
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** Number of pixels that requests ask for. */
export function pixelsOf(requests: readonly Sized[]): number {
  const sizes = requests.map(
    ({ prompts, count, width = USUAL_SIDE, height = USUAL_SIDE }) =>
      prompts.length * count * width * height,
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Refuses more pixels than one request may ask for. */
export function refuseTooLarge(requests: readonly Sized[]): void {
  const pixels = pixelsOf(requests);
  if (pixels <= MAX_PIXELS) return;
  throw new MessageFault("A request", `for ${pixels} pixels`, `the limit is ${MAX_PIXELS}`);
}

/** The studio's requests: one for each prompt, or for each picture if every picture has its own seed. */
export function generationRequests(request: PictureRequest): readonly GenerationRequest[] {
  const { prompts, negativePrompts, seeds, count, ...settings } = request;
  return prompts.flatMap((prompt, i) => {
    const own = { prompt, negativePrompt: negativePrompts[i] ?? "", ...settings };
    const [seed] = seeds;
    if (seed === undefined) return [requestSchema.parse({ ...own, count })];
    if (seeds.length > 1) {
      const mine = seeds.slice(i * count, (i + 1) * count);
      return mine.map((seed) => requestSchema.parse({ ...own, seed }));
    }
    const first = seedAfter(seed, i * count);
    return [requestSchema.parse({ ...own, seed: first, count })];
  });
}

function settings(
  source: PictureSource,
): Pick<
  PictureRequest,
  | "steps"
  | "guidanceScale"
  | "width"
  | "height"
  | "scheduler"
  | "precision"
  | "preset"
  | "guidanceInterval"
  | "cacheInterval"
  | "decoder"
> {
  const steps = setting(PICTURE_INPUTS.steps, SHAPE.steps, source);
  const guidanceScale = setting(PICTURE_INPUTS.guidanceScale, SHAPE.guidanceScale, source);
  const width = setting(PICTURE_INPUTS.width, SHAPE.width, source);
  const height = setting(PICTURE_INPUTS.height, SHAPE.height, source);
  const scheduler = setting(PICTURE_INPUTS.scheduler, SHAPE.scheduler, source);
  const precision = setting(PICTURE_INPUTS.precision, SHAPE.precision, source);
  const preset = setting(PICTURE_INPUTS.preset, SHAPE.preset, source);
  const guidanceInterval = interval(source);
  const cacheInterval = setting(PICTURE_INPUTS.cacheInterval, SHAPE.cacheInterval, source);
  const decoder = setting(PICTURE_INPUTS.decoder, SHAPE.decoder, source);
  return {
    ...(decoder === undefined ? {} : { decoder }),
    ...(preset === undefined ? {} : { preset }),
    ...(guidanceInterval === undefined ? {} : { guidanceInterval }),
    ...(cacheInterval === undefined ? {} : { cacheInterval }),
    ...(precision === undefined ? {} : { precision }),
    ...(steps === undefined ? {} : { steps }),
    ...(guidanceScale === undefined ? {} : { guidanceScale }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    ...(scheduler === undefined ? {} : { scheduler }),
  };
}

/** The single value of an input, validated by its schema in the contract. */
function setting<T>(
  input: PictureInput,
  schema: z.ZodType<T>,
  source: PictureSource,
): T | undefined {
  const values = valuesFor(input, source);
  if (values === undefined) return undefined;
  const [value] = values;
  if (value === undefined || values.length > 1) {
    throw new MessageFault(input.name, `${values.length} values`, "it is one for all pictures");
  }
  return checked(input, schema, value);
}

/** Two numbers; a parameter, which has a single value, is a text with both. */
function interval(source: PictureSource): GuidanceInterval | undefined {
  const input = PICTURE_INPUTS.guidanceInterval;
  const values = valuesFor(input, source);
  if (values === undefined) return undefined;
  const shares = values.flatMap((value) =>
    typeof value === "string"
      ? value
          .trim()
          .split(/[\s,]+/)
          .map(Number)
      : [Number(value)],
  );
  const parsed = SHAPE.guidanceInterval.safeParse(shares);
  if (parsed.success) return parsed.data;
  throw new MessageFault(
    input.name,
    quote(values.join(" ")),
    "it is two shares of the run, such as 0.0 0.8",
  );
}

function texts(input: PictureInput, source: PictureSource): readonly string[] {
  return (valuesFor(input, source) ?? []).map((value) => checked(input, SHAPE.prompt, value));
}

function negativePrompts(source: PictureSource, prompts: number): readonly string[] {
  const given = texts(PICTURE_INPUTS.negativePrompt, source);
  const [only = ""] = given;
  if (given.length < 2) return Array.from({ length: prompts }, () => only);
  if (given.length === prompts) return given;
  const value = `${given.length} values`;
  throw new MessageFault(
    "negative_prompt",
    value,
    `there are ${prompts} prompts: give 1 or ${prompts}`,
  );
}

function seeds(source: PictureSource, pictures: number): readonly string[] {
  const given = (valuesFor(PICTURE_INPUTS.seed, source) ?? []).flatMap(seedTexts);
  if (given.length > 1 && given.length !== pictures) {
    const reason = `there are ${pictures} pictures: give 1 or ${pictures}`;
    throw new MessageFault("seed", `${given.length} values`, reason);
  }
  return given.map((seed) => checked(PICTURE_INPUTS.seed, seedSchema, seed));
}

/** A number as decimal text; a string may list several, as the parameter in our replies does. */
function seedTexts(value: ParameterValue): readonly string[] {
  return String(value)
    .split(",")
    .map((seed) => seed.trim());
}

function checked<T>(input: PictureInput, schema: z.ZodType<T>, value: ParameterValue): T {
  const isSmall = typeof value === "bigint" && Number.isSafeInteger(Number(value));
  const parsed = schema.safeParse(isSmall ? Number(value) : value);
  if (parsed.success) return parsed.data;
  const text = typeof value === "string" ? quote(value) : String(value);
  throw new MessageFault(input.name, text, reasonOf(parsed.error.issues[0]));
}
