import { StudioError } from "../contract/errors.ts";
import type { Starting, StartPhase } from "../contract/progress.ts";
import { pause } from "../files/pause.ts";
import type { EndpointReply } from "../kserve/client/endpoint-reply.ts";
import { seenIn, startPhaseOf } from "./start-signs.ts";

/** How often to ask during a start, in milliseconds. */
export interface Polling {
  /** If there is no reply for this long, the request is being held, as Knative's activator does. */
  readonly heldMs: number;
  /** A request that is held longer is sent again: it may have been lost. */
  readonly questionMs: number;
  /** Pause between two requests at first; it grows by half each time, up to the maximum. */
  readonly firstMs: number;
  readonly longestMs: number;
  /** For an endpoint that has never replied, whose address may be unused. */
  readonly unprovenMs: number;
}

export const POLLING: Polling = {
  heldMs: 2000,
  questionMs: 60_000,
  firstMs: 1000,
  longestMs: 10_000,
  unprovenMs: 60_000,
};

export interface ColdStartParts {
  /** Asks whether it is ready, which costs the server nothing. */
  readonly probe: (signal: AbortSignal) => Promise<EndpointReply>;
  /** For the whole wait; 0 does not wait. */
  readonly limitMs: number;
  readonly hasAnswered: boolean;
  readonly lastSeconds: number | undefined;
  readonly signal: AbortSignal;
  /** Called with every phase, and with undefined once it is up. */
  readonly onStarting: (starting: Starting | undefined) => void;
  readonly polling?: Polling | undefined;
}

/** Connections may break while a router learns about a new pod, but not this many in a row. */
const BROKEN = 5;
/** A shorter wait is not recorded as a start. */
const LEAST_MS = 2000;

/**
 * Waits for an endpoint that is at zero replicas or starting. Whether it is up is determined by readiness requests
 * only; a request for a picture is sent again only if the reply proves that no server had received it.
 */
export class ColdStart {
  readonly #parts: ColdStartParts;
  readonly #polling: Polling;
  readonly #phases: Starting["phases"] = [];
  #from: number | undefined;
  #tookMs = 0;
  #count = 0;

  constructor(parts: ColdStartParts) {
    this.#parts = parts;
    this.#polling = parts.polling ?? POLLING;
  }

  /** Seconds that it took to start; undefined if it was up. */
  get seconds(): number | undefined {
    return this.#tookMs < LEAST_MS ? undefined : Math.round(this.#tookMs / 100) / 10;
  }

  /**
   * Resolves once it is up, or if there is no sign of a start. Refuses as ENDPOINT_NOT_STARTED; rejects with the
   * signal's reason.
   */
  async before(): Promise<void> {
    if (this.#parts.limitMs > 0) await this.#until();
  }

  /** Does some work, and repeats it after a wait if its refusal says that it came too early. */
  async through<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const phase = startPhaseOf(error);
        if (phase === undefined || this.#parts.limitMs === 0) throw error;
        this.#enter(phase);
        await this.#rest(error);
        await this.#until(error);
      }
    }
  }

  async #until(refusal?: unknown): Promise<void> {
    let broken = 0;
    for (;;) {
      const seen = await this.#ask();
      if (seen === "up") return this.#isUp();
      // The request for a picture gives the better explanation of why nothing is there.
      if (this.#isUnproven && refusal === undefined && this.#leftMs() <= 0) return;
      if (seen === "broken") {
        // Why it cannot be reached is reported by the request that needs it.
        if (this.#from === undefined || ++broken >= BROKEN) return this.#isUp();
      } else {
        broken = 0;
        this.#enter(seen);
      }
      await this.#rest(refusal);
    }
  }

  /** Sends one request; if it is held for long, reports that and continues to wait. */
  async #ask(): Promise<StartPhase | "up" | "broken"> {
    const { signal, probe } = this.#parts;
    const { questionMs, heldMs } = this.#polling;
    const leftMs = this.#leftMs();
    const late = AbortSignal.timeout(Math.max(1, Math.ceil(Math.min(questionMs, leftMs))));
    const from = performance.now();
    const timer = setTimeout(() => this.#enter("held", from), heldMs);
    try {
      return seenIn(await probe(AbortSignal.any([signal, late])));
    } catch (error) {
      signal.throwIfAborted();
      const wasHeld = performance.now() - from >= heldMs;
      if (late.aborted) return wasHeld ? "held" : (this.#phases.at(-1)?.phase ?? "held");
      if (!(error instanceof StudioError)) throw error;
      return error.code === "ENDPOINT_UNREACHABLE" ? "broken" : "up";
    } finally {
      clearTimeout(timer);
    }
  }

  #enter(phase: StartPhase, at = performance.now()): void {
    const now = performance.now();
    this.#from ??= at;
    if (this.#phases.at(-1)?.phase !== phase) {
      this.#phases.push({ phase, fromSeconds: inTenths(at - this.#from) });
      // A server that keeps falling back would make the list endless.
      if (this.#phases.length > MAX_PHASES) this.#phases.splice(1, 1);
    }
    const { lastSeconds, onStarting } = this.#parts;
    onStarting({
      elapsedSeconds: inTenths(now - this.#from),
      phases: [...this.#phases],
      ...(lastSeconds !== undefined && { lastSeconds }),
      limitSeconds: Math.round(this.#limitMs / 1000),
    });
  }

  #isUp(): void {
    if (this.#from === undefined) return;
    this.#tookMs = performance.now() - this.#from;
    this.#parts.onStarting(undefined);
  }

  /** Pauses for a random time, so that waiting clients do not ask at once. Refuses when the time is over. */
  async #rest(refusal: unknown): Promise<void> {
    const leftMs = this.#leftMs();
    if (leftMs <= 0) throw this.#tooLate(refusal);
    const { firstMs, longestMs } = this.#polling;
    const ms = Math.min(longestMs, firstMs * 1.5 ** this.#count++);
    await pause(Math.min(leftMs, ms * (0.75 + Math.random() / 2)), this.#parts.signal);
  }

  #tooLate(refusal: unknown): unknown {
    // It looks the same as an unused address, which is more likely.
    if (this.#isUnproven && refusal !== undefined) return refusal;
    const seconds = Math.round(this.#limitMs / 1000);
    const reason = REASONS[this.#phases.at(-1)?.phase ?? "held"];
    return new StudioError("ENDPOINT_NOT_STARTED", { seconds, reason });
  }

  get #isUnproven(): boolean {
    return !this.#parts.hasAnswered;
  }

  get #limitMs(): number {
    const { limitMs } = this.#parts;
    return this.#isUnproven ? Math.min(limitMs, this.#polling.unprovenMs) : limitMs;
  }

  #leftMs(): number {
    return this.#limitMs - (this.#from === undefined ? 0 : performance.now() - this.#from);
  }
}

const MAX_PHASES = 8;

const REASONS: Readonly<Record<StartPhase, string>> = {
  "no-pod": "its router still has no pod to hand requests to",
  held: "nothing answers the question whether it is ready",
  loading: "its model is still not ready",
};

function inTenths(ms: number): number {
  return Math.round(ms / 100) / 10;
}
