import { invalidInput } from "../contract/invalid-input.ts";
import { generationRequestSchema, type GenerationRequest } from "../contract/request.ts";
import type { SchedulerName } from "../contract/schedulers.ts";
import type { ModelSummary } from "../contract/models.ts";
import { ownSchedulerName } from "../schedulers/plan-steps.ts";
import type { ReadModel } from "./read-model.ts";

/** A request with nothing left open: what the model and chance decide is decided. */
export interface Order {
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly width: number;
  readonly height: number;
  readonly seed: bigint;
  readonly count: number;
  readonly scheduler: SchedulerName;
  readonly strength: number;
}

/** Checks a request as it comes from outside; the first thing wrong with it is named. */
export function parseRequest(input: unknown): GenerationRequest {
  const parsed = generationRequestSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error.issues, input);
}

/** Fills what is open with the model's own choice, and the seed by `chance`. */
export function completeRequest(
  request: GenerationRequest,
  model: ReadModel,
  chance: () => bigint,
): Order {
  const { summary } = model;
  const { prompt, negativePrompt, count, strength } = request;
  return {
    prompt,
    negativePrompt,
    count,
    strength,
    steps: request.steps ?? summary.steps,
    guidanceScale: request.guidanceScale ?? summary.guidanceScale,
    ...sizeOf(request, summary),
    seed: request.seed === undefined ? chance() : BigInt(request.seed),
    scheduler: request.scheduler ?? ownSchedulerName(model.schedulerConfig),
  };
}

/** One side given alone makes a square of it, as both absent make the model's own size. */
function sizeOf(
  { width, height }: GenerationRequest,
  own: ModelSummary,
): { width: number; height: number } {
  if (width === undefined && height === undefined) return { width: own.width, height: own.height };
  return { width: width ?? height ?? own.width, height: height ?? width ?? own.height };
}
