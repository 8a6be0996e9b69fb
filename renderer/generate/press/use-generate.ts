import { useCallback } from "react";
import { type Generation, LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { StoredModel } from "../../../engine/contract/models.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { ignoredBy } from "../../picture/ignored-settings.ts";
import { useExtraTargets } from "../../state/extra-targets.ts";
import { type FormState, useForm } from "../../state/form.ts";
import { keepPlaces, mergeGenerations, useQueue } from "../../state/queue.ts";
import { useProgress } from "../../state/progress.ts";
import { followNewest, markPress } from "../../state/selection.ts";
import { secondsLeftAt } from "../../state/time-left.ts";
import { rememberPrompt } from "../../state/view.ts";
import { showFailure } from "../../ui/toasts.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { type ChosenTarget, useChosenTarget } from "../chosen-target.ts";
import { MAX_COUNT } from "./reasons.ts";
import {
  atSeveral,
  freshSeed,
  othersOf,
  type Pace,
  type PressedRequest,
  shareOut,
} from "./several-targets.ts";
import { expandPrompts } from "./wildcards.ts";
import { endpointRequest, type Receiver, requestFrom, wantedFrom } from "./wanted.ts";

/** What differs from a plain press of Generate. */
export interface Pressed {
  /** Whether it goes in front of the queue. */
  readonly isFirst?: boolean;
  /** Drawn instead of the form, and at the form's target only. */
  readonly like?: {
    readonly form: FormState;
    /** Undefined for the chosen one. */
    readonly model: StoredModel | undefined;
  };
}

/** Enqueues the form's request. A placeholder for each picture appears in the same frame. */
export function useGenerate({ id, stored, summary }: ChosenModel): (pressed?: Pressed) => void {
  const target = useChosenTarget();
  const studio = useStudio();
  return useCallback(
    ({ isFirst = false, like }: Pressed = {}) => {
      // Leaving a number field commits what is being typed.
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      const form = like?.form ?? useForm.getState();
      const model = like?.model ?? stored;
      rememberPrompt(form.prompt);
      followNewest();
      const wanted = wantedFrom(form, summary);
      const requestAt = ({ seed }: Pick<FormState, "seed">, at: Receiver) =>
        at.id === LOCAL_TARGET
          ? requestFrom({ ...form, seed }, model?.id ?? id, wantedFrom(form, model?.summary))
          : endpointRequest({ ...form, seed }, wanted, at);
      const others = like === undefined ? otherTargets(target, form) : [];
      if (others.length === 0) {
        return void enqueueAll(studio, requestsOf(requestAt(form, target)), isFirst);
      }
      const seed = form.seed === "" ? freshSeed() : form.seed;
      const requests = [target, ...others].map((at) => requestAt({ seed }, at));
      void enqueueAtSeveral(studio, requests, isFirst);
    },
    [studio, id, stored, summary, target],
  );
}

/** The other chosen targets with the settings they ignore. */
function otherTargets(target: ChosenTarget, form: FormState): readonly Receiver[] {
  return othersOf(target, useExtraTargets.getState().targets, form).map((id) => ({
    id,
    ignored: ignoredBy(target.all?.find((endpoint) => endpoint.id === id)),
  }));
}

/** Enqueues one press at several targets: the whole batch at each, or shared out by speed. */
async function enqueueAtSeveral(
  studio: Studio,
  requests: readonly GenerationRequest[],
  isFirst: boolean,
): Promise<void> {
  const { isSpread } = useExtraTargets.getState();
  const shares = isSpread
    ? shareOut(requests[0]?.count ?? 1, await paces(studio, requests))
    : undefined;
  // One press, so that all its pictures share a sheet, target by target.
  await enqueueAll(studio, atSeveral(requests, shares).flatMap(requestsOf), isFirst);
}

/** The expected time of a picture at each target, and its queue. */
function paces(
  { client }: Studio,
  requests: readonly GenerationRequest[],
): Promise<readonly Pace[]> {
  return Promise.all(
    requests.map(async (request) => {
      const { target = LOCAL_TARGET } = request;
      // Nothing is known of an endpoint before its first picture.
      const estimate = await client.generation.estimate(request).catch(() => undefined);
      const seconds = estimate?.seconds;
      return { target, seconds, waitSeconds: waitAt(target, seconds) };
    }),
  );
}

/** Seconds until a target's queue is empty; while the running picture has no progress, all count at the usual speed. */
function waitAt(target: string, usualSeconds = 0): number {
  const queue = useQueue.getState();
  const open = queue.openIds.filter((id) => queue.byId[id]?.target === target);
  return secondsLeftAt(target, queue, useProgress.getState()) ?? open.length * usualSeconds;
}

/** One request for each prompt that its alternatives expand to. */
function requestsOf(request: PressedRequest): readonly PressedRequest[] {
  return expandPrompts(request.prompt, MAX_COUNT).map((prompt) => ({
    ...request,
    prompt,
    ...(request.elsewhere && {
      elsewhere: request.elsewhere.map((other) => ({ ...other, prompt })),
    }),
  }));
}

/** One after another, so that they are drawn in order; at the front of the queue the last is enqueued first. */
async function enqueueAll(
  studio: Studio,
  requests: readonly PressedRequest[],
  isFirst: boolean,
): Promise<void> {
  const ids: string[] = [];
  for (const request of isFirst ? requests.toReversed() : requests) {
    ids.push(...(await enqueue(studio, request, isFirst)));
    markPress(ids);
  }
}

async function enqueue(
  { client }: Studio,
  request: PressedRequest,
  isFirst: boolean,
): Promise<readonly string[]> {
  const places = placesFor(request);
  const giveUp = keepPlaces(places);
  try {
    const { generationIds } = await client.generation.enqueue({ ...request, isFirst });
    // The studio's event may have arrived already.
    const known = useQueue.getState().byId;
    const rows = generationIds.flatMap((id, index) => {
      const place = places[index];
      return known[id] === undefined && place ? [{ ...place, id }] : [];
    });
    mergeGenerations(rows);
    giveUp();
    return generationIds;
  } catch (error) {
    giveUp();
    showFailure(error);
    return [];
  }
}

/** Expected side, in pixels, at an endpoint that decides the size itself: that of the notebook's service. */
const OPEN_SIDE = 768;

/** Placeholders for the generations that the studio will return. */
function placesFor(request: GenerationRequest): readonly Generation[] {
  const { prompt, negativePrompt = "", width = OPEN_SIDE, height = OPEN_SIDE } = request;
  const { model = "", target = LOCAL_TARGET, steps, guidanceScale, seed, scheduler } = request;
  const order = {
    model,
    prompt,
    negativePrompt,
    width,
    height,
    steps,
    guidanceScale,
    seed,
    scheduler,
  };
  const createdAt = new Date().toISOString();
  return Array.from({ length: request.count ?? 1 }, () => ({
    id: `pressed-${crypto.randomUUID()}`,
    state: "waiting",
    order,
    target,
    createdAt,
  }));
}
