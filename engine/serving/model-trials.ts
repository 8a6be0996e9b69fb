import { StudioError, type RefusalCode } from "../contract/errors.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { KnownModel, ModelName, PictureEngine } from "./picture-engine.ts";
import { nameOf } from "./routes/served-model.ts";

/** Errors in the request itself, which say nothing about the next request. */
const REQUESTS_OWN: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "REQUEST_INVALID",
  "SCHEDULER_UNSUPPORTED",
  "IMAGE_UNREADABLE",
  "MODEL_NOT_SERVED",
  "NOT_FOUND",
  "TIMED_OUT",
]);

/** Errors that can be the request's or the model's: a small picture shows which. */
const EITHERS: ReadonlySet<RefusalCode> = new Set<RefusalCode>(["NOT_FINITE", "OUT_OF_MEMORY"]);

/** Between a failure and the first trial; each failed trial doubles it. */
const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/** The settings that decide whether a device can draw a picture. */
export type PictureSize = Pick<GenerationRequest, "width" | "height" | "preset">;

/** A model that failed, and the state of its files at that time. */
interface Failure {
  readonly identity: string | undefined;
  /** Absent as long as the request may have been at fault. */
  readonly reason: string | undefined;
  /** The picture that shows whether the model works again. */
  readonly trial: GenerationRequest;
  readonly pauseMs: number;
  readonly nextMs: number;
}

/**
 * Which models currently fail, by the result of their last pictures. Such a model is not ready until a picture
 * succeeds, its files change, or a trial succeeds: a picture of one step, drawn when someone asks whether the model is
 * ready, so that nothing is computed needlessly.
 */
export class ModelTrials {
  readonly #tryOut: PictureEngine["tryOut"];
  readonly #nowMs: () => number;
  readonly #failures = new Map<string, Failure>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(tryOut: PictureEngine["tryOut"], nowMs: () => number) {
    this.#tryOut = tryOut;
    this.#nowMs = nowMs;
  }

  /** Why a model's next picture would fail; undefined if there is no sign that it would. */
  troubleOf(model: KnownModel): string | undefined {
    const failure = this.#failureOf(model);
    if (failure === undefined) return undefined;
    if (this.#nowMs() >= failure.nextMs) void this.retry(model).catch(() => undefined);
    return failure.reason;
  }

  /** Forgets failures of models that no longer exist. */
  drawn(model: KnownModel | undefined): void {
    if (model !== undefined) this.#failures.delete(keyOf(nameOf(model)));
  }

  failed(model: KnownModel | undefined, size: PictureSize, error: unknown): void {
    if (model === undefined) return;
    const code = error instanceof StudioError ? error.code : undefined;
    if (code !== undefined && REQUESTS_OWN.has(code)) return;
    const known = this.#failureOf(model);
    const isEithers = code !== undefined && EITHERS.has(code);
    if (isEithers && known !== undefined) return;
    const { pauseMs } = known ?? { pauseMs: FIRST_MS };
    this.#failures.set(keyOf(nameOf(model)), {
      identity: model.identity,
      reason: isEithers ? undefined : failing("its last picture", code),
      trial: trialOf(model, size),
      pauseMs,
      nextMs: this.#nowMs() + pauseMs,
    });
  }

  /** Tries a failed model now. Rejects with the reason if it still fails. */
  async retry(model: KnownModel): Promise<void> {
    const failure = this.#failureOf(model);
    if (failure === undefined) return;
    const key = keyOf(nameOf(model));
    const running = this.#running.get(key) ?? this.#try(model, failure);
    this.#running.set(key, running);
    try {
      await running;
    } finally {
      this.#running.delete(key);
    }
  }

  async #try(model: KnownModel, failure: Failure): Promise<void> {
    const name = nameOf(model);
    try {
      await this.#tryOut(name, failure.trial);
      this.drawn(model);
    } catch (error) {
      const code = error instanceof StudioError ? error.code : undefined;
      const pauseMs = Math.min(2 * failure.pauseMs, LONGEST_MS);
      // A picture may have succeeded meanwhile.
      if (this.#failures.has(keyOf(name))) {
        this.#failures.set(keyOf(name), {
          ...failure,
          reason: failing("a trial picture", code),
          pauseMs,
          nextMs: this.#nowMs() + pauseMs,
        });
      }
      throw error;
    }
  }

  #failureOf(model: KnownModel): Failure | undefined {
    const key = keyOf(nameOf(model));
    const failure = this.#failures.get(key);
    if (failure === undefined || failure.identity === model.identity) return failure;
    this.#failures.delete(key);
    return undefined;
  }
}

function keyOf({ name, version }: ModelName): string {
  return `${name}/${version}`;
}

function failing(what: string, code: RefusalCode | undefined): string {
  return `${what} failed${code === undefined ? "" : ` (${code})`}`;
}

/**
 * As large as the picture that failed, but no larger than the model's own size: a request must not make the server test
 * what is beyond this machine.
 */
function trialOf(
  { summary }: KnownModel,
  { width, height, preset }: PictureSize,
): GenerationRequest {
  return {
    prompt: "",
    steps: 1,
    width: Math.min(width ?? summary.width, summary.width),
    height: Math.min(height ?? summary.height, summary.height),
    ...(preset !== undefined && { preset }),
  };
}
