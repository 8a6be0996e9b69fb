import type { Generation } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { Progress } from "../contract/progress.ts";
import { SOFTWARE } from "../contract/software.ts";
import { typedOf } from "../contract/styles.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { SentPicture } from "../endpoints/visit.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";

export interface EndpointDrawingParts {
  readonly endpoints: Pick<Endpoints, "get" | "draw">;
  readonly onProgress: (generationId: string, progress: Progress) => void;
  readonly everyMs?: number;
}

/** Often enough for a clock that shows seconds. */
const EVERY_MS = 1000;

/** Draws generations at inference endpoints, which tell nothing until a picture is there. */
export class EndpointDrawing {
  readonly #parts: EndpointDrawingParts;

  constructor(parts: EndpointDrawingParts) {
    this.#parts = parts;
  }

  /** Draws one picture, telling how long it has taken. Rejects with the signal's reason, or refuses. */
  async draw({ id, order, target }: Generation, signal: AbortSignal): Promise<NewPicture> {
    const { endpoints, onProgress, everyMs = EVERY_MS } = this.#parts;
    const { name, medianSeconds } = endpoints.get(target);
    const from = performance.now();
    let attempt = 1;
    const tell = (): void =>
      onProgress(id, asking(inTenths((performance.now() - from) / 1000), attempt, medianSeconds));
    tell();
    const timer = setInterval(tell, everyMs);
    const onAttempt = (count: number): void => {
      attempt = count;
      if (count > 1) tell();
    };
    try {
      const picture = await endpoints.draw(target, order, { signal, onAttempt });
      const { png, pixels, seconds } = picture;
      onProgress(id, { stage: "saving", step: 0, steps: 0 });
      return {
        png,
        pixels,
        record: { ...recordOf(picture, name), ...typedOf(order) },
        target,
        seconds: { load: 0, text: 0, denoise: seconds, decode: 0 },
      };
    } finally {
      clearInterval(timer);
    }
  }
}

function asking(
  elapsedSeconds: number,
  attempt: number,
  expectedSeconds: number | undefined,
): Progress {
  return {
    stage: "asking",
    step: 0,
    steps: 0,
    elapsedSeconds,
    ...(attempt > 1 && { attempt }),
    ...(expectedSeconds !== undefined && {
      expectedSeconds,
      secondsLeft: inTenths(Math.max(0, expectedSeconds - elapsedSeconds)),
    }),
  };
}

/** As finely as anybody reads it; a clock's further digits are noise. */
function inTenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** What was sent and what was told, and nothing that is only likely. */
function recordOf(
  { sent, pixels, seed, device, precision }: SentPicture,
  name: string,
): GenerationRecord {
  const { prompt, negativePrompt, model } = sent;
  return {
    prompt,
    negativePrompt,
    ...settingsOf({ ...sent, seed: seed ?? sent.seed }),
    width: pixels.width,
    height: pixels.height,
    model,
    device: device ?? name,
    ...(precision !== undefined && { precision }),
    createdAt: new Date().toISOString(),
    ...SOFTWARE,
  };
}

function settingsOf(
  order: Order,
): Pick<
  GenerationRecord,
  | "steps"
  | "guidanceScale"
  | "seed"
  | "scheduler"
  | "preset"
  | "guidanceInterval"
  | "cacheInterval"
  | "decoder"
> {
  const { steps, guidanceScale, seed, scheduler, preset, guidanceInterval, cacheInterval } = order;
  const { decoder } = order;
  return {
    ...(steps !== undefined && { steps }),
    ...(guidanceScale !== undefined && { guidanceScale }),
    ...(seed !== undefined && { seed }),
    ...(scheduler !== undefined && { scheduler }),
    ...(preset !== undefined && { preset }),
    ...(guidanceInterval !== undefined && { guidanceInterval }),
    ...(cacheInterval !== undefined && { cacheInterval }),
    ...(decoder !== undefined && { decoder }),
  };
}
