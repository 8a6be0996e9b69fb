import { useCallback } from "react";
import { type Generation, LOCAL_TARGET } from "../../../engine/contract/generation.ts";
import type { GenerationRequest } from "../../../engine/contract/request.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { useForm } from "../../state/form.ts";
import { keepPlaces, mergeGenerations, useQueue } from "../../state/queue.ts";
import { followNewest, markPress } from "../../state/selection.ts";
import { rememberPrompt } from "../../state/view.ts";
import { showFailure } from "../../ui/toasts.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useChosenTarget } from "../chosen-target.ts";
import { MAX_COUNT } from "./reasons.ts";
import { expandPrompts } from "./wildcards.ts";
import { endpointRequest, requestFrom, wantedFrom } from "./wanted.ts";

/** Asks for what the form says. A place for each picture appears in the same frame. */
export function useGenerate({ id, summary }: ChosenModel): (isFirst?: boolean) => void {
  const target = useChosenTarget();
  const studio = useStudio();
  return useCallback(
    (isFirst = false) => {
      // A number that is being typed counts from the moment its field is left.
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      const form = useForm.getState();
      rememberPrompt(form.prompt);
      followNewest();
      const wanted = wantedFrom(form, summary);
      const request = target.isRemote
        ? endpointRequest(form, wanted, target)
        : requestFrom(form, id, wanted);
      void enqueueAll(studio, requestsOf(request), isFirst);
    },
    [studio, id, summary, target],
  );
}

/** One request for each prompt that the alternatives in it make. */
function requestsOf(request: GenerationRequest): readonly GenerationRequest[] {
  return expandPrompts(request.prompt, MAX_COUNT).map((prompt) => ({ ...request, prompt }));
}

/** One after the other, so that they are drawn in their order; in front of the queue the last goes first. */
async function enqueueAll(
  studio: Studio,
  requests: readonly GenerationRequest[],
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
  request: GenerationRequest,
  isFirst: boolean,
): Promise<readonly string[]> {
  const places = placesFor(request);
  const giveUp = keepPlaces(places);
  try {
    const { generationIds } = await client.generation.enqueue({ ...request, isFirst });
    // The studio's own word may have come already.
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

/** Pixels to expect of an endpoint that decides the size: those of the notebook's service. */
const OPEN_SIDE = 768;

/** What the studio will answer with, as far as it can be told before. */
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
