import { type StudioError, toWire } from "../contract/errors.ts";
import type { TrialNews } from "../contract/setting-trial.ts";
import type { EndpointFile, KeptEndpoint } from "./endpoint-file.ts";
import { learned, type Look, triedOut } from "./endpoint-parts.ts";

export interface LearningParts {
  readonly now: () => Date;
  /** Tells of an endpoint of which something was learned. */
  readonly tell: (id: string) => void;
}

/** Knative scales to zero after a quiet minute and half a minute's grace. */
const WARM_MS = 60_000;
/** Starts that are remembered. */
const STARTS = 10;

/** What is learned of endpoints by asking them: kept where the disk lets it, and otherwise learned again. */
export class Learning {
  readonly #file: EndpointFile;
  readonly #parts: LearningParts;
  /** When each last gave a picture, by the clock that never jumps. */
  readonly #answeredAt = new Map<string, number>();

  constructor(file: EndpointFile, parts: LearningParts) {
    this.#file = file;
    this.#parts = parts;
  }

  /** Whether one gave a picture a moment ago, so that it cannot have been scaled to zero. */
  isWarm(id: string): boolean {
    return performance.now() - (this.#answeredAt.get(id) ?? -Infinity) < WARM_MS;
  }

  /** What a look at it found; rejects where it cannot be kept. */
  async look(kept: KeptEndpoint, found: Look): Promise<void> {
    await this.#file.change(kept.id, (now) => learned(now, kept, found));
    this.#parts.tell(kept.id);
  }

  /** Which settings it uses, as far as a trial has found. */
  async trial(kept: KeptEndpoint, news: TrialNews): Promise<void> {
    const { verdicts, pictures, seconds } = news;
    const trial = { at: this.#parts.now().toISOString(), verdicts, pictures, seconds };
    await this.#fact(kept.id, (now) => triedOut(now, kept, trial));
  }

  /** That it is KServe's wrapper that answers on v1's address alone. */
  v1Wrapper(id: string): void {
    void this.#fact(id, (kept) => ({ ...kept, isV1Wrapper: true }));
  }

  /** That it had to start, and how long that took. */
  start(id: string, seconds: number): void {
    const start = { at: this.#parts.now().toISOString(), seconds };
    void this.#fact(id, (kept) => ({
      ...kept,
      hasAnswered: true,
      starts: [start, ...(kept.starts ?? [])].slice(0, STARTS),
    }));
  }

  /** That it gave a picture. */
  async picture(id: string): Promise<void> {
    this.#answeredAt.set(id, performance.now());
    const known = this.#file.find(id);
    if (known?.lastError === undefined && known?.hasAnswered === true) return;
    await this.#fact(id, ({ lastError: _lastError, ...kept }) => ({ ...kept, hasAnswered: true }));
  }

  /** Why a picture failed. */
  async failure(id: string, error: StudioError): Promise<void> {
    this.#answeredAt.delete(id);
    await this.#fact(id, (kept) => ({ ...kept, lastError: toWire(error) }));
  }

  /** A full disk must not cost a picture that is there. */
  async #fact(id: string, change: (kept: KeptEndpoint) => KeptEndpoint): Promise<void> {
    await this.#file.change(id, change).catch(() => undefined);
    this.#parts.tell(id);
  }
}
