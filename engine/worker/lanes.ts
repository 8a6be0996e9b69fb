import { LOCAL_TARGET } from "../contract/generation.ts";
import type { DrawingWorker } from "./drawing-worker.ts";

type Lane = Pick<DrawingWorker, "start" | "wake" | "cancel" | "forget" | "close">;

export interface LanesParts {
  /** The lane of this machine's device. */
  readonly local: Lane;
  /** Targets with generations waiting. */
  readonly waitingTargets: () => readonly string[];
  /** Makes the lane of an endpoint; `mayStart` says whether it may start the next one that waits. */
  readonly laneOf: (target: string, mayStart: () => boolean) => Lane;
  /** Whether endpoints draw this program's own requests even though `start` is never called. */
  readonly drawsOwn: boolean;
}

/**
 * Draws the queue, with one lane for each target: the device and every endpoint work in parallel, each on one picture
 * at a time. Without `start`, endpoints can still draw what this program itself added, which the command line needs
 * when no studio runs.
 */
export class Lanes {
  readonly #parts: LanesParts;
  readonly #remote = new Map<string, Lane>();
  /** How many may be drawn before `start`, by target. */
  readonly #allowed = new Map<string, number>();
  #isStarted = false;

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  /** Starts drawing everything that waits; later calls do nothing. */
  start(): void {
    this.#isStarted = true;
    this.#parts.local.start();
    this.wake();
  }

  /** To be called when something was added, or pausing changed. */
  wake(): void {
    if (!this.#isStarted) return;
    for (const target of this.#parts.waitingTargets()) {
      if (target !== LOCAL_TARGET) this.#lane(target);
    }
    for (const lane of this.#all()) lane.wake();
  }

  /**
   * Tells the lane of `target` that `count` generations joined it; an endpoint's lane that has not been started may
   * draw these.
   */
  added(target: string, count: number): void {
    this.wake();
    if (this.#isStarted || !this.#parts.drawsOwn || target === LOCAL_TARGET) return;
    this.#allowed.set(target, (this.#allowed.get(target) ?? 0) + count);
    this.#lane(target).wake();
  }

  /** Cancels a running generation. */
  cancel(id: string): void {
    for (const lane of this.#all()) lane.cancel(id);
  }

  /** Drops unsaved pictures of deleted generations. */
  forget(ids: readonly string[]): void {
    for (const lane of this.#all()) lane.forget(ids);
  }

  /** Interrupts what runs; resolves when nothing runs any more. */
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
