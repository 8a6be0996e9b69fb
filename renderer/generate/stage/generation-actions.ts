import { CircleX, Images, Layers2, RotateCcw, Shuffle, X } from "lucide-react";
import { useMemo } from "react";
import type { Image } from "../../../engine/contract/gallery.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import { seedAfter } from "../../../engine/contract/seed.ts";
import { useStudio } from "../../connection/studio.tsx";
import { cancelGenerations } from "../../picture/cancel-generations.ts";
import { useImageActions } from "../../picture/image-actions.ts";
import type { Action } from "../../shortcuts/registry.ts";
import { changeForm, recallRecord, useForm } from "../../state/form.ts";
import { useImages } from "../../state/images.ts";
import { isOpen, useQueue } from "../../state/queue.ts";
import { openOfPress } from "../../state/selection.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

/** The actions for one generation of the session: for its picture, or for one without a picture. */
export function useGenerationActions(generation: Generation, draw: () => void): readonly Action[] {
  const image = useImages((all) => all[generation.imageId ?? ""]);
  const ofImage = useImageActions(useMemo(() => (image ? [image] : []), [image]));
  const more = useMoreActions(image, draw);
  const without = useActionsWithout(generation);
  return useMemo(
    () => (image === undefined ? without : [...more, ...ofImage]),
    [image, more, ofImage, without],
  );
}

/** The actions for one without a picture: cancel it or its whole press while open, afterwards try again or remove it. */
function useActionsWithout(generation: Generation): readonly Action[] {
  const t = useWords("frame");
  const studio = useStudio();
  const press = useQueue((queue) => openOfPress(queue, generation).join(" "));
  const { id, order } = generation;
  const isWaiting = isOpen(generation);
  return useMemo(() => {
    const { client } = studio;
    const group = t("queue.title");
    const ids = [id];
    const prompt = order.prompt === "" ? t("queue.noPrompt") : order.prompt;
    const together = press.split(" ");
    const cancel: Action = {
      id: "session.cancel",
      label: t("queue.cancelOne", { prompt }),
      group,
      icon: CircleX,
      run: () => attempt(client.generation.cancel({ ids })),
    };
    const cancelAll: Action = {
      id: "session.cancel-press",
      label: t("queue.cancelPress", { count: together.length }),
      group,
      icon: Layers2,
      run: () => attempt(cancelGenerations(studio, together, t)),
    };
    const retry: Action = {
      id: "session.retry",
      label: t("queue.retryOne", { prompt }),
      group,
      icon: RotateCcw,
      run: () => attempt(client.generation.retry({ ids })),
    };
    const remove: Action = {
      id: "session.remove",
      label: t("queue.removeOne", { prompt }),
      group,
      icon: X,
      run: () => attempt(client.generation.prune({ ids })),
    };
    if (!isWaiting) return [retry, remove];
    return together.length > 1 ? [cancel, cancelAll] : [cancel];
  }, [t, studio, press, id, order.prompt, isWaiting]);
}

/** The number of pictures that "more like this one" draws. */
const MORE = 4;
/** Strength of variations. */
const VARIATION_STRENGTH = 0.5;

/** More pictures like one: with the following seeds, or with it as the start image. */
export function useMoreActions(image: Image | undefined, press: () => void): readonly Action[] {
  const t = useWords("generate");
  const { client } = useStudio();
  return useMemo(() => {
    if (image === undefined) return [];
    const { record, id } = image;
    const { seed } = record;
    const group = t("more.group");
    const vary = async () => {
      recallRecord(record);
      const initImage = await client.generation.useAsInitImage({ imageId: id });
      changeForm({ initImage, strength: VARIATION_STRENGTH, seed: "", count: MORE });
      press();
    };
    return [
      {
        id: "more.seeds",
        label: t("more.seeds", { count: MORE }),
        group,
        icon: Images,
        keys: "m",
        isDisabled: seed === undefined,
        run: () => {
          const before = useForm.getState();
          recallRecord(record);
          changeForm({ seed: seed === undefined ? "" : seedAfter(seed, 1), count: MORE });
          press();
          // The next press draws something new, not these again.
          changeForm({ seed: before.seed, count: before.count });
        },
      },
      {
        id: "more.variations",
        label: t("more.variations", { count: MORE }),
        group,
        icon: Shuffle,
        keys: "v",
        run: () => attempt(vary()),
      },
    ];
  }, [image, press, client, t]);
}
