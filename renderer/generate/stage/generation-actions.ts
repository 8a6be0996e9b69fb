import { CircleX, Layers2, RotateCcw, X } from "lucide-react";
import { useMemo } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { cancelGenerations } from "../../picture/cancel-generations.ts";
import { useImageActions } from "../../picture/image-actions.ts";
import type { Action } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { isOpen, useQueue } from "../../state/queue.ts";
import { openOfPress } from "../../state/selection.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { useMoreActions } from "./more-actions.ts";

/** The actions for one generation of the session: for its picture, or for one without a picture. */
export function useGenerationActions(generation: Generation): readonly Action[] {
  const image = useImages((all) => all[generation.imageId ?? ""]);
  const ofImage = useImageActions(useMemo(() => (image ? [image] : []), [image]));
  const more = useMoreActions(image);
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
