import { type Generation, LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { seedAfter } from "../../../engine/contract/seed.ts";
import type { FormState } from "../../state/form.ts";
import type { ChosenTarget } from "../chosen-target.ts";
import { countPrompts } from "./wildcards.ts";

/** The speed of a target. */
export interface Pace {
  readonly target: string;
  /** The time of one picture; undefined if none was measured. */
  readonly seconds: number | undefined;
  /** The time until everything that is already queued there is drawn. */
  readonly waitSeconds: number;
}

/**
 * How many of `count` pictures each target draws so that all finish soonest: each picture goes to the target that would
 * finish it first. An unmeasured target is assumed to have the average speed of the others.
 */
export function shareOut(count: number, paces: readonly Pace[]): readonly number[] {
  const known = paces.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds]));
  const usual = known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length;
  const shares = paces.map(() => 0);
  for (let picture = 0; picture < count; picture++) {
    const ready = paces.map(
      ({ seconds = usual, waitSeconds }, i) => waitSeconds + seconds * ((shares[i] ?? 0) + 1),
    );
    const first = ready.indexOf(Math.min(...ready));
    shares[first] = (shares[first] ?? 0) + 1;
  }
  return shares;
}

/** A request, and the requests for the same pictures at the other targets. */
export type PressedRequest = GenerationRequest & {
  readonly elsewhere?: GenerationRequest[];
};

/**
 * The requests of one press for several targets, in order. Without `shares` each target draws the whole batch with the
 * same seeds, so that equal pictures can be compared; otherwise each draws its share, and seeds continue from one to
 * the next.
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
    // A picture that one target does not start is drawn by the next.
    const others = [...requests.slice(i + 1), ...requests.slice(0, i)];
    const elsewhere = others.map(share);
    before += count;
    return count === 0 ? [] : [{ ...share(request), elsewhere }];
  });
}

/** The other chosen targets that still exist; endpoints draw from prompts alone, so none draws from a start image. */
export function othersOf(
  { id, all = [] }: Pick<ChosenTarget, "id" | "all">,
  chosen: readonly string[],
  { initImage }: Pick<FormState, "initImage">,
): readonly string[] {
  const endpoints = initImage === undefined ? all.map((endpoint) => endpoint.id) : [];
  const known = new Set([LOCAL_TARGET, ...endpoints]);
  return chosen.filter((other) => other !== id && known.has(other));
}

/** What one press makes. */
export interface PressSize {
  /** How many prompts its alternatives expand to. */
  readonly prompts: number;
  readonly targets: number;
  /** The pictures of all targets. */
  readonly total: number;
  /** Those of the form's own target; undefined if the pictures are spread by speed. */
  readonly here: number | undefined;
}

/** The size of a press of the form that is also drawn at other targets. */
export function sizeOfPress(
  { prompt, count }: Pick<FormState, "prompt" | "count">,
  others: number,
  isSpread: boolean,
): PressSize {
  const prompts = countPrompts(prompt);
  const batch = prompts * count;
  const targets = others + 1;
  if (others > 0 && isSpread) return { prompts, targets, total: batch, here: undefined };
  return { prompts, targets, total: batch * targets, here: batch };
}

/** The first seed of a press for several targets; 32 bits, like this device's random seeds. */
export function freshSeed(): string {
  return String(crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
}

/** Whether the pictures of one press have several targets. */
export function hasSeveralTargets(pictures: readonly Generation[]): boolean {
  return new Set(pictures.map(({ target }) => target)).size > 1;
}

/**
 * The first two finished pictures of a press with the same prompt and seed but different targets; undefined if there
 * are none. A picture without a seed matches any seed.
 */
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
