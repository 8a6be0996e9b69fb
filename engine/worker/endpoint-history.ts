import { LOCAL_TARGET } from "../contract/generation.ts";
import { type Order, workRatio } from "../contract/order.ts";
import { median } from "../drawing/median.ts";
import type { History } from "../endpoints/endpoints.ts";
import type { DrawnPicture } from "./estimates.ts";

/** Number of pictures remembered per endpoint. */
const REMEMBERED = 30;

/** If no picture had an order's settings, this many are scaled: those that were the most alike. */
const NEAREST = 5;

/** How long an endpoint will probably take for an order. */
export interface Expected {
  readonly seconds: number;
  /** Number of pictures that this is based on. */
  readonly pictures: number;
}

/** A picture of an endpoint, and how long it took from request to reply. */
interface Timed {
  readonly record: DrawnPicture["record"];
  readonly seconds: number;
}

/** How long endpoints took recently, by the pictures that they drew. */
export class EndpointHistory {
  readonly #latestOf: (target: string) => Promise<readonly DrawnPicture[]>;
  readonly #timed = new Map<string, readonly Timed[]>();

  /** `latestOf` gives the latest pictures of an endpoint, newest first. */
  constructor(latestOf: (target: string) => Promise<readonly DrawnPicture[]>) {
    this.#latestOf = latestOf;
  }

  /** Loads the history of earlier runs. */
  async load(targets: readonly string[]): Promise<void> {
    for (const target of targets) {
      const latest = await this.#latestOf(target);
      this.#timed.set(target, latest.flatMap(timedOf).slice(0, REMEMBERED));
    }
  }

  /** Adds a new picture. */
  learn(target: string, picture: DrawnPicture): void {
    if (target === LOCAL_TARGET) return;
    const before = this.#timed.get(target) ?? [];
    this.#timed.set(target, [...timedOf(picture), ...before].slice(0, REMEMBERED));
  }

  of(target: string): History {
    const timed = this.#timed.get(target) ?? [];
    const medianSeconds = median(timed.map(({ seconds }) => seconds));
    return medianSeconds === undefined ? {} : { medianSeconds, medianOf: timed.length };
  }

  /** The time of an order's picture, scaled from those of earlier ones; undefined before the first. */
  expected(target: string, order: Order): Expected | undefined {
    const timed = this.#timed.get(target) ?? [];
    const alike = timed.filter(({ record }) => isSamePreset(record, order));
    const samples = (alike.length > 0 ? alike : timed).map(({ record, seconds }) => {
      const ratio = workRatio(order, record);
      return { seconds: seconds * ratio, distance: Math.abs(Math.log(ratio)) };
    });
    const same = samples.filter(({ distance }) => distance === 0);
    const nearest = samples.toSorted((a, b) => a.distance - b.distance).slice(0, NEAREST);
    const used = same.length > 0 ? same : nearest;
    const seconds = median(used.map((sample) => sample.seconds));
    return seconds === undefined ? undefined : { seconds, pictures: used.length };
  }
}

function timedOf({ record, seconds }: DrawnPicture): readonly Timed[] {
  if (seconds === undefined) return [];
  const { load, text, denoise, decode } = seconds;
  return [{ record, seconds: load + text + denoise + decode }];
}

/** A preset's steps are the endpoint's own, so their number is not comparable. */
function isSamePreset(record: Timed["record"], order: Order): boolean {
  return record.preset === order.preset && record.cacheInterval === order.cacheInterval;
}
