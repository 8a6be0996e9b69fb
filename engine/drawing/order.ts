import { invalidInput } from "../contract/invalid-input.ts";
import type { ModelSummary } from "../contract/models.ts";
import { ordersFrom, type Order } from "../contract/order.ts";
import {
  presetSettings,
  type GuidanceInterval,
  type PresetSettings,
  WHOLE_RUN,
} from "../contract/presets.ts";
import { REQUEST_DEFAULTS, requestSchema, type GenerationRequest } from "../contract/request.ts";
import { ownSchedulerName } from "../schedulers/plan-steps.ts";
import type { ReadModel } from "./read-model.ts";
import { runOf } from "./run.ts";

/** Validates a request from outside; names the first problem. */
export function parseRequest(input: unknown): GenerationRequest {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues, input);
}

/** The local model that was asked for. */
export interface AskedModel {
  /** Its name in orders: its id in the store, if it has one. */
  readonly name: string;
  readonly read: ReadModel;
}

/**
 * One order per picture. Settings that the request leaves open are taken from its preset or the model; `freshSeed` is
 * used if no seed is given. Refuses what the model cannot draw.
 */
export function ordersOf(
  request: GenerationRequest,
  { name, read }: AskedModel,
  freshSeed: string,
): [Order, ...Order[]] {
  const { initImageId, resizeMode = "default", decoder, count = REQUEST_DEFAULTS.count } = request;
  const { summary } = read;
  const first: Order = {
    model: name,
    prompt: request.prompt,
    negativePrompt: request.negativePrompt ?? REQUEST_DEFAULTS.negativePrompt,
    ...workOf(request, read),
    guidanceScale: request.guidanceScale ?? summary.guidanceScale,
    ...sizeOf(request, summary),
    seed: request.seed ?? freshSeed,
    ...(decoder !== undefined && { decoder }),
    ...(initImageId !== undefined && {
      initImageId,
      strength: request.strength ?? REQUEST_DEFAULTS.strength,
      ...(resizeMode !== "default" && { resizeMode }),
    }),
  };
  runOf(first, read);
  return ordersFrom(first, count);
}

/** The settings that decide how much work it is: the request's, otherwise the preset's, otherwise the model's. */
function workOf(
  request: GenerationRequest,
  { summary, schedulerConfig }: ReadModel,
): Pick<
  Order,
  "steps" | "scheduler" | "precision" | "preset" | "guidanceInterval" | "cacheInterval"
> {
  const { preset } = request;
  const settings = presetSettings(preset ?? "exact", summary);
  const { steps = settings.steps ?? summary.steps } = request;
  const { scheduler = settings.scheduler ?? ownSchedulerName(schedulerConfig) } = request;
  const { precision = settings.precision ?? "auto" } = request;
  return {
    steps,
    scheduler,
    ...(precision !== "auto" && { precision }),
    ...(preset !== undefined && { preset }),
    ...lessWork(request, settings),
  };
}

/** The parts of the run that are skipped, if any. */
function lessWork(
  { guidanceInterval, cacheInterval }: GenerationRequest,
  { cacheInterval: usual = 1 }: PresetSettings,
): Pick<Order, "guidanceInterval" | "cacheInterval"> {
  const interval = cacheInterval ?? usual;
  return {
    ...(isPart(guidanceInterval) && { guidanceInterval }),
    ...(interval > 1 && { cacheInterval: interval }),
  };
}

function isPart(interval: GuidanceInterval = WHOLE_RUN): boolean {
  return interval.some((share, i) => share !== WHOLE_RUN[i]);
}

/** If only one side is given, the picture is square; if neither, it has the model's own size. */
function sizeOf(
  { width, height }: GenerationRequest,
  own: ModelSummary,
): { width: number; height: number } {
  if (width === undefined && height === undefined) return { width: own.width, height: own.height };
  return { width: width ?? height ?? own.width, height: height ?? width ?? own.height };
}
