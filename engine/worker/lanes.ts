import { LOCAL_TARGET } from "../contract/generation.ts";
import type { DrawingWorker } from "./drawing-worker.ts";

type Lane = Pick<DrawingWorker, "start" | "wake" | "cancel" | "forget" | "close">;

export interface LanesParts {
  /** This device's. */
  readonly local: Lane;
  /** Targets that something waits for. */
  readonly waitingTargets: () => readonly string[];
  /** The lane of an endpoint; `mayStart` says whether it may take the next one that waits. */
  readonly laneOf: (target: string, mayStart: () => boolean) => Lane;
  /** Whether endpoints draw what this program asks for though `start` is never called. */
  readonly drawsOwn: boolean;
}

/**
 * Draws what waits, at every target by itself: this device and the endpoints go on beside each other, and
 * each draws one picture at a time. Where nothing is started, endpoints may still draw what this very
 * program asks for, which the command line needs where no studio runs.
 */
export class Lanes {
  readonly #parts: LanesParts;
  readonly #remote = new Map<string, Lane>();
  /** By target, how many may be drawn before `start`. */
  readonly #allowed = new Map<string, number>();
  #isStarted = false;

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  /** Begins to draw all that waits, once. */
  start(): void {
    this.#isStarted = true;
    this.#parts.local.start();
    this.wake();
  }

  /** Says that something may have been added, or that pausing has changed. */
  wake(): void {
    if (!this.#isStarted) return;
    for (const target of this.#parts.waitingTargets()) {
      if (target !== LOCAL_TARGET) this.#lane(target);
    }
    for (const lane of this.#all()) lane.wake();
  }

  /** Tells the lane of `target` that `count` generations joined it; an endpoint's lane that has not been started may draw those. */
  added(target: string, count: number): void {
    this.wake();
    if (this.#isStarted || !this.#parts.drawsOwn || target === LOCAL_TARGET) return;
    this.#allowed.set(target, (this.#allowed.get(target) ?? 0) + count);
    this.#lane(target).wake();
  }

  /** Cancels one that runs. */
  cancel(id: string): void {
    for (const lane of this.#all()) lane.cancel(id);
  }

  /** Gives up what was kept of generations that are gone. */
  forget(ids: readonly string[]): void {
    for (const lane of this.#all()) lane.forget(ids);
  }

  /** What runs becomes interrupted; resolves when nothing does any more. */
  async close(): Promise<void> {
    await Promise.all(this.#all().map((lane) => lane.close()));
  }

  #all(): readonly Lane[] {
    return [this.#parts.local, ...this.#remote.values()];
  }

  #lane(target: string): Lane {
    const known = this.#remote.get(target);
    if (known !== undefined) return known;
    const lane = this.#parts.laneOf(target, () => this.#mayStart(target));
    this.#remote.set(target, lane);
    lane.start();
    return lane;
  }

  #mayStart(target: string): boolean {
    if (this.#isStarted) return true;
    const left = this.#allowed.get(target) ?? 0;
    this.#allowed.set(target, Math.max(0, left - 1));
    return left > 0;
  }
}
