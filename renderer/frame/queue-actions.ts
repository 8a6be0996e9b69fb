import { CircleX, Layers2, ListX, Pause, Play } from "lucide-react";
import { useMemo } from "react";
import { useStudio } from "../connection/studio.tsx";
import { CANCEL_PRESS, cancelGenerations } from "../picture/cancel-generations.ts";
import { disabledIf, useActions } from "../shortcuts/registry.ts";
import { runningOf, useQueue } from "../state/queue.ts";
import { useOpenPress } from "../state/selection.ts";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

/** Other words for ending what is drawn. */
const STOP = ["stop", "abort", "interrupt"];

/** Registers the queue's actions, available on every page; renders nothing. */
export function QueueActions() {
  const studio = useStudio();
  const t = useWords("frame");
  const runningId = useQueue((queue) => runningOf(queue)?.id);
  const isPaused = useQueue((queue) => queue.isPaused);
  const isEmpty = useQueue(({ openIds }) => openIds.length === 0);
  const press = useOpenPress();
  const actions = useMemo(() => {
    const { client } = studio;
    const group = t("queue.title");
    const isSeveral = press.length > 1;
    return [
      {
        id: "queue.cancel-current",
        label: t("queue.cancelCurrent"),
        group,
        icon: CircleX,
        keywords: STOP,
        keys: "shift+x",
        ...disabledIf(runningId === undefined && t("queue.noneRunning")),
        run: () =>
          runningId !== undefined && attempt(client.generation.cancel({ ids: [runningId] })),
      },
      {
        id: CANCEL_PRESS,
        label: isSeveral ? t("queue.cancelPress", { count: press.length }) : t("queue.cancelSome"),
        group,
        icon: Layers2,
        keywords: STOP,
        keys: "shift+backspace",
        ...disabledIf(!isSeveral && t("queue.noBatch")),
        run: () => attempt(cancelGenerations(studio, press, t)),
      },
      {
        id: "queue.clear",
        label: t("queue.clear"),
        group,
        icon: ListX,
        keywords: STOP,
        keys: "mod+shift+x",
        ...disabledIf(isEmpty && t("queue.idle")),
        run: () => attempt(cancelGenerations(studio, useQueue.getState().openIds, t)),
      },
      {
        id: "queue.pause",
        label: isPaused ? t("queue.resume") : t("queue.pause"),
        group,
        icon: isPaused ? Play : Pause,
        keywords: ["stop", "wait", "continue"],
        run: () => attempt(isPaused ? client.queue.resume() : client.queue.pause()),
      },
    ];
  }, [studio, t, runningId, press, isPaused, isEmpty]);
  useActions(actions);
  return null;
}
