import type { Endpoint } from "../../contract/endpoints.ts";

export interface QuietChecksParts {
  readonly list: () => readonly Pick<Endpoint, "id" | "checkMinutes">[];
  /** Asks an endpoint whether it is ready; never rejects because of what it finds. */
  readonly check: (id: string, signal: AbortSignal) => Promise<void>;
  /** The time of its last check, in milliseconds since 1970. */
  readonly lastAt: (id: string) => number | undefined;
  readonly now: () => Date;
  readonly logError: (error: unknown) => void;
  readonly minuteMs?: number;
}

interface Scheduled {
  readonly minutes: number;
  readonly leave: () => void;
}

/**
 * Checks endpoints as often as a person chose for each, while the studio runs. Checks that were missed while it was
 * closed are made up for by one. Timers are used, so that a jump of the clock changes nothing.
 */
export class QuietChecks {
  readonly #parts: QuietChecksParts;
  readonly #scheduled = new Map<string, Scheduled>();
  #isClosed = false;

  constructor(parts: QuietChecksParts) {
    this.#parts = parts;
  }

  /** To be called when endpoints or their schedules changed. */
  refresh(): void {
    if (this.#isClosed) return;
    const wanted = new Map(
      this.#parts
        .list()
        .flatMap(({ id, checkMinutes }) => (checkMinutes > 0 ? [[id, checkMinutes]] : [])),
    );
    for (const [id, { minutes, leave }] of this.#scheduled) {
      if (wanted.get(id) === minutes) wanted.delete(id);
      else {
        leave();
        this.#scheduled.delete(id);
      }
    }
    for (const [id, minutes] of wanted) this.#schedule(id, minutes);
  }

  close(): void {
    this.#isClosed = true;
    for (const { leave } of this.#scheduled.values()) leave();
    this.#scheduled.clear();
  }

  #schedule(id: string, minutes: number): void {
    const { minuteMs = 60_000, lastAt, now, check, logError } = this.#parts;
    const periodMs = minutes * minuteMs;
    const abort = new AbortController();
    let timer: NodeJS.Timeout;
    const run = async (): Promise<void> => {
      await check(id, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) logError(error);
      });
      if (!abort.signal.aborted) wait(periodMs);
    };
    const wait = (ms: number): void => {
      timer = setTimeout(() => void run(), ms);
      timer.unref();
    };
    const last = lastAt(id);
    const sinceMs = last === undefined ? periodMs : now().getTime() - last;
    // A clock that was set back would otherwise make it wait too long.
    wait(Math.min(periodMs, Math.max(0, periodMs - sinceMs)));
    const leave = (): void => {
      abort.abort();
      clearTimeout(timer);
    };
    this.#scheduled.set(id, { minutes, leave });
  }
}
