import type { LayerReuse, Session, Tensors } from "../pipeline/session.ts";
import type { Request, SessionOptions } from "./messages.ts";
import type { Supervisor } from "./supervisor.ts";

/** The graphs of one network and how to open them. */
export interface SessionPlan {
  readonly step: Uint8Array;
  /** Runs whenever its input changes. */
  readonly once?: OncePlan | undefined;
  /** Runs in place of `step` if asked to, on the value `deep` of the last run of `step`. */
  readonly last?: LastPlan | undefined;
  readonly options: SessionOptions;
}

interface LastPlan {
  readonly graph: Uint8Array;
  readonly deep: string;
  /** The inputs of `step` that it takes, too. */
  readonly inputs: readonly string[];
}

interface OncePlan {
  readonly graph: Uint8Array;
  readonly input: string;
  readonly outputs: readonly string[];
}

let lastSession = 0;

/**
 * A session in the inference process, created at its first run and again after the process died. The outputs of `once`
 * stay in that process; they belong to its last input, compared by identity.
 */
export class DeviceSession implements Session {
  readonly #supervisor: Supervisor;
  readonly #name: string;
  readonly #plan: () => SessionPlan;
  readonly #step = ++lastSession;
  readonly #once = ++lastSession;
  readonly #last = ++lastSession;
  /** Session numbers under which the last layer's input is stored: one for each of a run's two predictions. */
  readonly #deep = [++lastSession, ++lastSession] as const;
  #open: { readonly epoch: number; readonly plan: SessionPlan } | undefined;
  #onceFor: unknown;
  /** The runs that these belong to. */
  readonly #deepOf: [unknown, unknown] = [undefined, undefined];
  #loadingSeconds = 0;

  /** `name` is the network's, for messages; `plan` is called whenever the session is created. */
  constructor(supervisor: Supervisor, name: string, plan: () => SessionPlan) {
    this.#supervisor = supervisor;
    this.#name = name;
    this.#plan = plan;
  }

  /** Whether it is ready to run, in the process that runs now. */
  get isOpen(): boolean {
    return this.#open?.epoch === this.#supervisor.epoch();
  }

  /** Seconds spent on creating sessions so far. */
  get loadingSeconds(): number {
    return this.#loadingSeconds;
  }

  /**
   * With `reuse.isReused`, runs only the last layer, if the plan has it and a full run for the same picture came
   * before; otherwise runs all layers.
   */
  async run(inputs: Tensors, signal?: AbortSignal, reuse?: LayerReuse): Promise<Tensors> {
    const { once, last } = await this.open(signal);
    const rest = await this.#withoutOnce(once, inputs, signal);
    const row = reuse?.row ?? 0;
    if (last !== undefined && reuse?.isReused === true && this.#deepOf[row] === reuse.of) {
      const taken = Object.entries(rest).filter(([name]) => last.inputs.includes(name));
      const kept = [this.#once, this.#deep[row]];
      const run = { kind: "run", inputs: Object.fromEntries(taken), with: kept } as const;
      return this.#request({ ...run, session: this.#last }, signal);
    }
    const keep = last === undefined ? [] : [last.deep];
    const left = { with: [this.#once], keep, keepAs: this.#deep[row] };
    const run = { kind: "run", session: this.#step, inputs: rest, ...left } as const;
    const outputs = await this.#request(run, signal);
    this.#deepOf[row] = reuse?.of;
    return outputs;
  }

  #request(request: Request, signal?: AbortSignal): Promise<Tensors> {
    return this.#supervisor.request(request, `running the ${this.#name}`, signal);
  }

  /** Frees the session's memory; a later run creates it again. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await this.#release(open.epoch);
  }

  /** Closing a session that is not open does nothing, and a dead process has closed everything. */
  async #release(epoch: number): Promise<void> {
    for (const session of [this.#step, this.#once, this.#last, ...this.#deep]) {
      if (!this.#supervisor.isCurrent(epoch)) return;
      const closing = this.#supervisor.request(
        { kind: "close", session },
        `closing the ${this.#name}`,
      );
      await closing.catch((error: unknown) => {
        if (this.#supervisor.isCurrent(epoch)) throw error;
      });
    }
  }

  /** Makes it ready to run, which the first run otherwise does. */
  async open(signal?: AbortSignal): Promise<SessionPlan> {
    const epoch = this.#supervisor.epoch();
    if (this.#open?.epoch === epoch) return this.#open.plan;
    const plan = this.#plan();
    const { step, once, last, options } = plan;
    const doing = `loading the ${this.#name}`;
    const start = performance.now();
    this.#onceFor = undefined;
    this.#deepOf.fill(undefined);
    try {
      for (const [session, graph] of [
        [this.#once, once?.graph],
        [this.#step, step],
        [this.#last, last?.graph],
      ] as const) {
        if (graph === undefined) continue;
        await this.#supervisor.request({ kind: "open", session, graph, options }, doing, signal);
      }
    } catch (error) {
      // It may be partly open, or completely if a cancel came while it was being opened.
      await this.#release(epoch);
      throw error;
    }
    this.#open = { epoch, plan };
    this.#loadingSeconds += (performance.now() - start) / 1000;
    return plan;
  }

  /** The inputs of a step without that of `once`, which is run first if it has changed. */
  async #withoutOnce(
    once: OncePlan | undefined,
    inputs: Tensors,
    signal?: AbortSignal,
  ): Promise<Tensors> {
    if (once === undefined) return inputs;
    const { [once.input]: input, ...rest } = inputs;
    if (input === undefined || this.#onceFor === input) return rest;
    const run = { kind: "run", inputs: { [once.input]: input }, keep: once.outputs } as const;
    await this.#request({ ...run, session: this.#once }, signal);
    this.#onceFor = input;
    return rest;
  }
}
