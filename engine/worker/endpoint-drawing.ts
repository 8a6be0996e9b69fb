import { StudioError } from "../contract/errors.ts";
import type { Generation } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import type { Progress, Starting } from "../contract/progress.ts";
import { SOFTWARE } from "../contract/software.ts";
import { typedOf } from "../contract/styles.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { SentPicture } from "../endpoints/visit.ts";
import type { NewPicture } from "../gallery/keep-picture.ts";
import type { EndpointHistory } from "./endpoint-history.ts";

export interface EndpointDrawingParts {
  readonly endpoints: Pick<Endpoints, "get" | "draw">;
  readonly history: Pick<EndpointHistory, "expected">;
  readonly onProgress: (generationId: string, progress: Progress) => void;
  readonly everyMs?: number;
}

/** Frequent enough for a clock that shows seconds. */
const EVERY_MS = 1000;

/** Draws generations at inference endpoints, which report no progress until the picture arrives. */
export class EndpointDrawing {
  readonly #parts: EndpointDrawingParts;

  constructor(parts: EndpointDrawingParts) {
    this.#parts = parts;
  }

  /**
   * Draws one picture and reports the elapsed time. Refuses, or rejects with the signal's reason; as ENDPOINT_LEFT if
   * the endpoint already had the request.
   */
  async draw(
    { id, order, target, elsewhere }: Generation,
    signal: AbortSignal,
  ): Promise<NewPicture> {
    const { endpoints, history, onProgress, everyMs = EVERY_MS } = this.#parts;
    const { name } = endpoints.get(target);
    const clock = new AskingClock(history.expected(target, order)?.seconds);
    const tell = (): void => onProgress(id, clock.progress());
    tell();
    const timer = setInterval(tell, everyMs);
    try {
      const picture = await endpoints.draw(target, order, {
        signal,
        // A busy endpoint is not waited for if another target can draw the picture.
        ...(elsewhere !== undefined && { attempts: 1 }),
        onAttempt: (attempt) => {
          clock.attempt = attempt;
          if (attempt > 1) tell();
        },
        onStarting: (starting) => {
          clock.starts(starting);
          tell();
        },
        onOut: (isOut) => (clock.isOut = isOut),
      });
      const { png, pixels, seconds } = picture;
      onProgress(id, { stage: "saving", step: 0, steps: 0 });
      return {
        png,
        pixels,
        record: { ...recordOf(picture, name), ...typedOf(order), ...gridOf(order) },
        target,
        seconds: { load: 0, text: 0, denoise: seconds, decode: 0 },
      };
    } catch (error) {
      throw signal.aborted && clock.isOut ? new StudioError("ENDPOINT_LEFT", { name }) : error;
    } finally {
      clearInterval(timer);
    }
  }
}

/** The time spent waiting for an endpoint: first while it starts, then for its picture. */
class AskingClock {
  readonly #expectedSeconds: number | undefined;
  #from = performance.now();
  #starting: Starting | undefined;
  #startedSeconds: number | undefined;
  attempt = 1;
  /** Whether the request has been sent. */
  isOut = false;

  constructor(expectedSeconds: number | undefined) {
    this.#expectedSeconds = expectedSeconds;
  }

  /** Reports the progress of a start; undefined once the endpoint is up. */
  starts(starting: Starting | undefined): void {
    if (starting === undefined) this.#startedSeconds = this.#elapsedSeconds;
    // A picture's time counts from its request, a start's from when it was first seen.
    const since = 1000 * (starting?.elapsedSeconds ?? 0);
    this.#from = performance.now() - since;
    this.#starting = starting;
  }

  progress(): Progress {
    const nothing = { step: 0, steps: 0 } as const;
    const elapsedSeconds = this.#elapsedSeconds;
    if (this.#starting !== undefined) {
      const starting = { ...this.#starting, elapsedSeconds };
      return { ...nothing, stage: "starting", elapsedSeconds, starting };
    }
    const expectedSeconds = this.#expectedSeconds;
    return {
      ...nothing,
      stage: "asking",
      elapsedSeconds,
      ...(this.isOut && { isSent: true }),
      ...(this.attempt > 1 && { attempt: this.attempt }),
      ...(this.#startedSeconds !== undefined && { startedSeconds: this.#startedSeconds }),
      ...(expectedSeconds !== undefined && {
        expectedSeconds,
        secondsLeft: inTenths(Math.max(0, expectedSeconds - elapsedSeconds)),
      }),
    };
  }

  get #elapsedSeconds(): number {
    return inTenths((performance.now() - this.#from) / 1000);
  }
}

/** Tenths of a second: further digits are noise. */
function inTenths(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/** The record: what was sent and what was reported, without anything that is only likely. */
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

function gridOf({ grid }: Order): Pick<GenerationRecord, "grid"> {
  return grid === undefined ? {} : { grid };
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
