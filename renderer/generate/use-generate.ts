import { useCallback } from "react";
import type { EnqueueRequest, Generation } from "../../engine/contract/generation.ts";
import { type Studio, useStudio } from "../connection/studio.tsx";
import { useForm } from "../state/form.ts";
import { keepPlaces, mergeGenerations, useQueue } from "../state/queue.ts";
import { followNewest } from "../state/selection.ts";
import { rememberPrompt } from "../state/view.ts";
import { showFailure } from "../ui/toasts.ts";
import type { ChosenModel } from "./chosen-model.ts";
import { requestFrom, wantedFrom } from "./wanted.ts";

/** Asks for what the form says. A place for each picture appears in the same frame. */
export function useGenerate({ id, summary }: ChosenModel): (isFirst?: boolean) => void {
  const studio = useStudio();
  return useCallback(
    (isFirst = false) => {
      // A number that is being typed counts from the moment its field is left.
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      const form = useForm.getState();
      rememberPrompt(form.prompt);
      followNewest();
      void enqueue(studio, { ...requestFrom(form, id, wantedFrom(form, summary)), isFirst });
    },
    [studio, id, summary],
  );
}

async function enqueue({ client }: Studio, request: EnqueueRequest): Promise<void> {
  const places = placesFor(request);
  const giveUp = keepPlaces(places);
  try {
    const { generationIds } = await client.generation.enqueue(request);
    // The studio's own word may have come already.
    const known = useQueue.getState().byId;
    const rows = generationIds.flatMap((id, index) => {
      const place = places[index];
      return known[id] === undefined && place ? [{ ...place, id }] : [];
    });
    mergeGenerations(rows);
    giveUp();
  } catch (error) {
    giveUp();
    showFailure(error);
  }
}

/** What the studio will answer with, as far as it can be told before. */
function placesFor(request: EnqueueRequest): readonly Generation[] {
  const {
    prompt,
    negativePrompt = "",
    steps = 0,
    guidanceScale = 0,
    width = 0,
    height = 0,
  } = request;
  const { model = "", seed = "", scheduler = "ddim" } = request;
  const order = {
    model,
    prompt,
    negativePrompt,
    steps,
    guidanceScale,
    width,
    height,
    seed,
    scheduler,
  };
  const createdAt = new Date().toISOString();
  return Array.from({ length: request.count ?? 1 }, () => ({
    id: `pressed-${crypto.randomUUID()}`,
    state: "waiting",
    order,
    target: "local",
    createdAt,
  }));
}
