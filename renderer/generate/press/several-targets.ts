import type { Generation } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { seedAfter } from "../../../engine/contract/seed.ts";

/** A target, and how long one picture takes there: undefined where none was measured. */
export interface Pace {
  readonly target: string;
  readonly seconds: number | undefined;
}

/**
 * How many of `count` pictures each target draws, so that all are done soonest: one after another goes where
 * it would be ready first. A target that was never measured is taken to be as fast as the others are on average.
 */
export function shareOut(count: number, paces: readonly Pace[]): readonly number[] {
  const known = paces.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
  const usual = known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length;
  const shares = paces.map(() => 0);
  for (let picture = 0; picture < count; picture++) {
    const ready = paces.map(({ seconds = usual }, i) => seconds * ((shares[i] ?? 0) + 1));
    const first = ready.indexOf(Math.min(...ready));
    shares[first] = (shares[first] ?? 0) + 1;
  }
  return shares;
}

/** A request, and the same pictures as the other targets would be asked for them. */
export type PressedRequest = GenerationRequest & {
  readonly elsewhere?: GenerationRequest[];
};

/**
 * The requests of one press for several targets, first to last: each the whole batch by the same seeds, so that
 * the same pictures stand side by side; or, spread, each its share, with seeds that go on from the last one's.
 */
export function atSeveral(
  requests: readonly GenerationRequest[],
  shares: readonly number[] | undefined,
): readonly PressedRequest[] {
  if (shares === undefined) return requests;
  let before = 0;
  return requests.flatMap((request, i) => {
    const count = shares[i] ?? 0;
    const from = before;
    const share = ({ seed, ...rest }: GenerationRequest): GenerationRequest => ({
      ...rest,
      count,
      ...(seed !== undefined && { seed: seedAfter(seed, from) }),
    });
    // What one of them never starts, the next one draws.
    const others = [...requests.slice(i + 1), ...requests.slice(0, i)];
    const elsewhere = others.map(share);
    before += count;
    return count === 0 ? [] : [{ ...share(request), elsewhere }];
  });
}

/** A seed that a press for several targets begins with; 32 bits, as this device draws them. */
export function freshSeed(): string {
  return String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
}

/** Whether one press went to several targets. */
export function hasSeveralTargets(pictures: readonly Generation[]): boolean {
  return new Set(pictures.map(({ target }) => target)).size > 1;
}

/** The first picture of a press that two targets drew; undefined while there is none. One that reads no seed pairs with any. */
export function pairOf(
  pictures: readonly Generation[],
): readonly [Generation, Generation] | undefined {
  const done = pictures.filter(({ imageId }) => imageId !== undefined);
  for (const left of done) {
    const right = done.find((other) => other.target !== left.target && isSame(left, other));
    if (right !== undefined) return [left, right];
  }
  return undefined;
}

function isSame({ order: a }: Generation, { order: b }: Generation): boolean {
  const isSeedSame = a.seed === undefined || b.seed === undefined || a.seed === b.seed;
  return a.prompt === b.prompt && isSeedSame;
}
