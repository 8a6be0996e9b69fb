import type { PictureEvent } from "../picture-engine.ts";

type Step = Extract<PictureEvent, { readonly kind: "progress" }>;

/** The reply to `GET /sdapi/v1/progress`, without its picture. */
export interface A1111Progress {
  /** From 0 to 1, over all pictures. */
  readonly progress: number;
  /** Remaining seconds, estimated from the steps. */
  readonly eta_relative: number;
  readonly state: object;
}

/** A request to A1111's API that is drawn or waits for it. */
export class A1111Run {
  readonly #interruption = new AbortController();
  readonly #pictures: number;
  #last: { readonly step: Step; readonly startMs: number } | undefined;

  constructor(pictures: number) {
    this.#pictures = pictures;
  }

  /** Aborts when someone has interrupted it. */
  get signal(): AbortSignal {
    return this.#interruption.signal;
  }

  get isBegun(): boolean {
    return this.#last !== undefined;
  }

  interrupt(): void {
    this.#interruption.abort();
  }

  note(step: Step): void {
    this.#last = { step, startMs: this.#last?.startMs ?? performance.now() };
  }

  /** The picture so far. */
  async preview() {
    return this.#last?.step.preview();
  }

  progress(): A1111Progress {
    const { image = 0, step = 0, steps = 0 } = this.#last?.step ?? {};
    const share = steps === 0 ? 0 : (image * steps + step) / (this.#pictures * steps);
    const spent = (performance.now() - (this.#last?.startMs ?? performance.now())) / 1000;
    return {
      progress: share,
      eta_relative: share === 0 ? 0 : (spent / share) * (1 - share),
      state: {
        ...IDLE_STATE,
        interrupted: this.signal.aborted,
        job: "scripts_txt2img",
        job_count: this.#pictures,
        job_no: image,
        sampling_step: step,
        sampling_steps: steps,
      },
    };
  }
}

const IDLE_STATE = {
  skipped: false,
  interrupted: false,
  stopping_generation: false,
  job: "",
  job_count: 0,
  job_timestamp: "0",
  job_no: 0,
  sampling_step: 0,
  sampling_steps: 0,
};

/** The progress if the caller has nothing running. */
export const IDLE: A1111Progress = { progress: 0, eta_relative: 0, state: IDLE_STATE };

/** The runs of each caller, who cannot see or interrupt those of others. */
export class A1111Runs {
  readonly #runs = new Map<string, Set<A1111Run>>();

  open(callerId: string, pictures: number): A1111Run & Disposable {
    const own = this.#runs.get(callerId) ?? new Set();
    this.#runs.set(callerId, own);
    const run = new A1111Run(pictures);
    own.add(run);
    const close = (): void => {
      own.delete(run);
      if (own.size === 0 && this.#runs.get(callerId) === own) this.#runs.delete(callerId);
    };
    return Object.assign(run, { [Symbol.dispose]: close });
  }

  /** A caller's running request, otherwise the first one that waits. */
  current(callerId: string): A1111Run | undefined {
    const own = [...(this.#runs.get(callerId) ?? [])];
    return own.find(({ isBegun }) => isBegun) ?? own[0];
  }
}
