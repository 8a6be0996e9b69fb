import type { Session, Tensors } from "../pipeline/session.ts";
import type { SessionOptions } from "./messages.ts";
import type { Supervisor } from "./supervisor.ts";

/** The graphs of one network and how to open them; `once`, where there is one, runs when its input changes. */
export interface SessionPlan {
  readonly step: Uint8Array;
  readonly once?: { readonly graph: Uint8Array; readonly input: string } | undefined;
  readonly options: SessionOptions;
}

let lastSession = 0;

/**
 * A session in the inference process, opened when it is first run, and again after the process died.
 * What `once` computed stays over there; it is recognised by the identity of its input tensor.
 */
export class DeviceSession implements Session {
  readonly #supervisor: Supervisor;
  readonly #name: string;
  readonly #plan: () => SessionPlan;
  readonly #step = ++lastSession;
  readonly #once = ++lastSession;
  #open: { readonly epoch: number; readonly plan: SessionPlan } | undefined;
  #onceFor: unknown;
  #loadingSeconds = 0;

  /** `name` is the network's, for sentences; `plan` is asked at every opening. */
  constructor(supervisor: Supervisor, name: string, plan: () => SessionPlan) {
    this.#supervisor = supervisor;
    this.#name = name;
    this.#plan = plan;
  }

  /** Seconds spent on opening, so far. */
  get loadingSeconds(): number {
    return this.#loadingSeconds;
  }

  async run(inputs: Tensors, signal?: AbortSignal): Promise<Tensors> {
    const { once } = await this.#opened(signal);
    const rest = { ...inputs };
    if (once !== undefined) {
      await this.#runOnce(once.input, inputs[once.input], signal);
      delete rest[once.input];
    }
    const kept = once === undefined ? undefined : this.#once;
    const request = { kind: "run", session: this.#step, inputs: rest, with: kept } as const;
    return this.#supervisor.request(request, `running the ${this.#name}`, signal);
  }

  /** Gives the session's memory back; a later run opens it again. */
  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await this.#release(open.epoch);
  }

  /** Closing what is not open does nothing over there; a process that has died has closed everything. */
  async #release(epoch: number): Promise<void> {
    for (const session of [this.#step, this.#once]) {
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

  async #opened(signal?: AbortSignal): Promise<SessionPlan> {
    const epoch = this.#supervisor.epoch();
    if (this.#open?.epoch === epoch) return this.#open.plan;
    const plan = this.#plan();
    const { step, once, options } = plan;
    const doing = `loading the ${this.#name}`;
    const start = performance.now();
    this.#onceFor = undefined;
    try {
      for (const [session, graph] of [
        [this.#once, once?.graph],
        [this.#step, step],
      ] as const) {
        if (graph === undefined) continue;
        await this.#supervisor.request({ kind: "open", session, graph, options }, doing, signal);
      }
    } catch (error) {
      // Half of it may be open, or all of it where a cancel came while it was being opened.
      await this.#release(epoch);
      throw error;
    }
    this.#open = { epoch, plan };
    this.#loadingSeconds += (performance.now() - start) / 1000;
    return plan;
  }

  async #runOnce(
    name: string,
    input: Tensors[string] | undefined,
    signal?: AbortSignal,
  ): Promise<void> {
    if (input === undefined || this.#onceFor === input) return;
    const inputs = { [name]: input };
    const request = { kind: "run", session: this.#once, inputs, keep: true } as const;
    await this.#supervisor.request(request, `running the ${this.#name}`, signal);
    this.#onceFor = input;
  }
}
