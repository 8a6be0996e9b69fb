import { invalidInput } from "../contract/invalid-input.ts";
import type { ModelSummary } from "../contract/models.ts";
import { ordersFrom, type Order } from "../contract/order.ts";
import { REQUEST_DEFAULTS, requestSchema, type GenerationRequest } from "../contract/request.ts";
import { ownSchedulerName } from "../schedulers/plan-steps.ts";
import type { ReadModel } from "./read-model.ts";
import { runOf } from "./run.ts";

/** Checks a request as it comes from outside; the first thing wrong with it is named. */
export function parseRequest(input: unknown): GenerationRequest {
  const parsed = requestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues, input);
}

/** The model of this device that is asked. */
export interface AskedModel {
  /** Its name in the orders: its id in the store, where it has one. */
  readonly name: string;
  readonly read: ReadModel;
}

/**
 * One order per picture: what the request leaves open is the model's own choice, and `freshSeed` is the
 * seed where none is asked for. Refuses what the model cannot draw.
 */
export function ordersOf(
  request: GenerationRequest,
  { name, read }: AskedModel,
  freshSeed: string,
): [Order, ...Order[]] {
  const { initImageId, count = REQUEST_DEFAULTS.count, precision = "auto" } = request;
  const { summary } = read;
  const first: Order = {
    model: name,
    prompt: request.prompt,
    negativePrompt: request.negativePrompt ?? REQUEST_DEFAULTS.negativePrompt,
    steps: request.steps ?? summary.steps,
    guidanceScale: request.guidanceScale ?? summary.guidanceScale,
    ...sizeOf(request, summary),
    seed: request.seed ?? freshSeed,
    scheduler: request.scheduler ?? ownSchedulerName(read.schedulerConfig),
    ...(precision !== "auto" && { precision }),
    ...(initImageId !== undefined && {
      initImageId,
      strength: request.strength ?? REQUEST_DEFAULTS.strength,
    }),
  };
  runOf(first, read);
  return ordersFrom(first, count);
}

/** One side given alone makes a square of it, as both absent make the model's own size. */
function sizeOf(
  { width, height }: GenerationRequest,
  own: ModelSummary,
): { width: number; height: number } {
  if (width === undefined && height === undefined) return { width: own.width, height: own.height };
  return { width: width ?? height ?? own.width, height: height ?? width ?? own.height };
}
