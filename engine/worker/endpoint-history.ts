import { LOCAL_TARGET } from "../contract/generation.ts";
import { median } from "../drawing/median.ts";
import type { History } from "../endpoints/endpoints.ts";
import type { DrawnPicture } from "./estimates.ts";

/** Number of pictures remembered per endpoint. */
const REMEMBERED = 30;

/** How long endpoints took recently, by the pictures that they drew. */
export class EndpointHistory {
  readonly #latestOf: (target: string) => Promise<readonly DrawnPicture[]>;
  readonly #seconds = new Map<string, readonly number[]>();

  /** `latestOf` gives the latest pictures of an endpoint, newest first. */
  constructor(latestOf: (target: string) => Promise<readonly DrawnPicture[]>) {
    this.#latestOf = latestOf;
  }

  /** Loads the history of earlier runs. */
  async load(targets: readonly string[]): Promise<void> {
    for (const target of targets) {
      const latest = await this.#latestOf(target);
      this.#seconds.set(target, latest.flatMap(secondsOf).slice(0, REMEMBERED));
    }
  }

  /** Adds a new picture. */
  learn(target: string, picture: DrawnPicture): void {
    if (target === LOCAL_TARGET) return;
    const before = this.#seconds.get(target) ?? [];
    this.#seconds.set(target, [...secondsOf(picture), ...before].slice(0, REMEMBERED));
  }

  of(target: string): History {
    const seconds = this.#seconds.get(target) ?? [];
    const medianSeconds = median(seconds);
    return medianSeconds === undefined ? {} : { medianSeconds, medianOf: seconds.length };
  }
}

function secondsOf({ seconds }: DrawnPicture): readonly number[] {
  if (seconds === undefined) return [];
  const { load, text, denoise, decode } = seconds;
  return [load + text + denoise + decode];
}
