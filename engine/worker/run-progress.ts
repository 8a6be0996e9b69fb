import type { Progress, Stage } from "../contract/progress.ts";
import type { DrawingEvent } from "../drawing/drawing-events.ts";
import type { Preparation } from "../drawing/load-model.ts";
import type { Pace } from "./pace.ts";

/** The progress of one generation, computed from its drawing events. */
export class RunProgress {
  readonly #steps: number;
  readonly #expected: Pace | undefined;

  /** `expected` is the pace assumed before anything was measured; absent if nothing is known. */
  constructor(steps: number, expected: Pace | undefined) {
    this.#steps = steps;
    this.#expected = expected;
  }

  loading(): Progress {
    return { stage: "loading", step: 0, steps: this.#steps };
  }

  preparing({ doneBytes, totalBytes, copy }: Preparation): Progress {
    const share = totalBytes === 0 ? 1 : doneBytes / totalBytes;
    const progress = { stage: "preparing", step: 0, steps: this.#steps, share } as const;
    return copy === undefined ? progress : { ...progress, copy };
  }

  /** Before the first step is done. */
  denoising(preview?: string): Progress {
    const progress = { stage: "denoising", step: 0, steps: this.#steps } as const;
    return { ...progress, ...this.#left(), ...(preview !== undefined && { preview }) };
  }

  /** The progress so far, at another stage before the first step. */
  at(stage: Stage, { share: _share, ...last }: Progress): Progress {
    return { ...last, stage, ...(stage === "text" && this.#left(this.#expected?.text)) };
  }

  #left(textSeconds = 0): Pick<Progress, "secondsLeft"> {
    if (this.#expected === undefined) return {};
    const { step, decode } = this.#expected;
    return { secondsLeft: textSeconds + this.#steps * step + decode };
  }

  /** `preview` is the preview's address. After the last step the picture is decoded. */
  step(event: Extract<DrawingEvent, { kind: "progress" }>, preview: string | undefined): Progress {
    const { step, steps, secondsPerStep } = event;
    return {
      stage: step < steps ? "denoising" : "decoding",
      step,
      steps,
      secondsPerStep,
      secondsLeft: (steps - step) * secondsPerStep + (this.#expected?.decode ?? 0),
      ...(preview !== undefined && { preview }),
    };
  }

  saving(last: Progress): Progress {
    return { ...last, stage: "saving", secondsLeft: 0 };
  }
}
