import { type StudioError, toWire } from "../contract/errors.ts";
import type { TrialNews } from "../contract/setting-trial.ts";
import type { EndpointFile, KeptEndpoint } from "./endpoint-file.ts";
import { learned, type Look, triedOut } from "./endpoint-parts.ts";

export interface LearningParts {
  readonly now: () => Date;
  /** Called with the id of an endpoint about which something was learned. */
  readonly tell: (id: string) => void;
}

/** Knative scales to zero after a minute without requests and half a minute of grace. */
const WARM_MS = 60_000;
/** Number of starts that are remembered. */
const STARTS = 10;

/** What is learned about endpoints by asking them: stored if the disk allows it, otherwise learned again. */
export class Learning {
  readonly #file: EndpointFile;
  readonly #parts: LearningParts;
  /** When each last returned a picture, by the monotonic clock. */
  readonly #answeredAt = new Map<string, number>();

  constructor(file: EndpointFile, parts: LearningParts) {
    this.#file = file;
    this.#parts = parts;
  }

  /** Whether it returned a picture a moment ago, so that it cannot have scaled to zero. */
  isWarm(id: string): boolean {
    return performance.now() - (this.#answeredAt.get(id) ?? -Infinity) < WARM_MS;
  }

  /** The result of a look; rejects if it cannot be stored. */
  async look(kept: KeptEndpoint, found: Look): Promise<void> {
    await this.#file.change(kept.id, (now) => learned(now, kept, found));
    this.#parts.tell(kept.id);
  }

  /** The result of a trial of its settings. */
  async trial(kept: KeptEndpoint, news: TrialNews): Promise<void> {
    const { verdicts, pictures, seconds } = news;
    const trial = { at: this.#parts.now().toISOString(), verdicts, pictures, seconds };
    await this.#fact(kept.id, (now) => triedOut(now, kept, trial));
  }

  /** Whether it is a KServe wrapper that answers at v1's address only. */
  v1Wrapper(id: string, isV1Wrapper: boolean): void {
    if ((this.#file.find(id)?.isV1Wrapper ?? false) === isV1Wrapper) return;
    void this.#fact(id, (kept) => ({ ...kept, isV1Wrapper }));
  }

  /** It had to start, and how long that took. */
  start(id: string, seconds: number): void {
    const start = { at: this.#parts.now().toISOString(), seconds };
    void this.#fact(id, (kept) => ({
      ...kept,
      hasAnswered: true,
      starts: [start, ...(kept.starts ?? [])].slice(0, STARTS),
    }));
  }

  /** It returned a picture. */
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

  /** A full disk must not lose a finished picture. */
  async #fact(id: string, change: (kept: KeptEndpoint) => KeptEndpoint): Promise<void> {
    await this.#file.change(id, change).catch(() => undefined);
    this.#parts.tell(id);
  }
}
