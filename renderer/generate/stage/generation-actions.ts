import { CircleX, RotateCcw, X } from "lucide-react";
import { useMemo } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useImageActions } from "../../picture/image-actions.ts";
import type { Action } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { isOpen } from "../../state/queue.ts";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

/** What can be done with one of the session: with its picture, or with what is not drawn. */
export function useGenerationActions(generation: Generation): readonly Action[] {
  const t = useWords("frame");
  const { client } = useStudio();
  const { id, imageId = "", order } = generation;
  const image = useImages((all) => all[imageId]);
  const ofImage = useImageActions(useMemo(() => (image ? [image] : []), [image]));
  if (image !== undefined) return ofImage;
  const group = t("queue.title");
  const ids = [id];
  const prompt = order.prompt === "" ? t("queue.noPrompt") : order.prompt;
  const cancel: Action = {
    id: "session.cancel",
    label: t("queue.cancelOne", { prompt }),
    group,
    icon: CircleX,
    run: () => attempt(client.generation.cancel({ ids })),
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
  return isOpen(generation) ? [cancel] : [retry, remove];
}
