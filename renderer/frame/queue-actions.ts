import { CircleX, ListX, Pause, Play } from "lucide-react";
import { useMemo } from "react";
import { useStudio } from "../connection/studio.tsx";
import { useActions } from "../shortcuts/registry.ts";
import { runningOf, useQueue } from "../state/queue.ts";
import { attempt, showUndo } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

/** Registers the queue's actions, available on every page; renders nothing. */
export function QueueActions() {
  const { client } = useStudio();
  const t = useWords("frame");
  const runningId = useQueue((queue) => runningOf(queue)?.id);
  const isPaused = useQueue((queue) => queue.isPaused);
  const isEmpty = useQueue(({ openIds }) => openIds.length === 0);
  const actions = useMemo(() => {
    const group = t("queue.title");
    const clear = async () => {
      const ids = [...useQueue.getState().openIds];
      await client.generation.cancel({ ids });
      showUndo(t("queue.cleared", { count: ids.length }), {
        label: t("queue.restore"),
        run: () => attempt(client.generation.retry({ ids })),
      });
    };
    return [
      {
        id: "queue.cancel-current",
        label: t("queue.cancelCurrent"),
        group,
        icon: CircleX,
        keys: "shift+x",
        isDisabled: runningId === undefined,
        run: () =>
          runningId !== undefined && attempt(client.generation.cancel({ ids: [runningId] })),
      },
      {
        id: "queue.clear",
        label: t("queue.clear"),
        group,
        icon: ListX,
        keys: "mod+shift+x",
        isDisabled: isEmpty,
        run: () => attempt(clear()),
      },
      {
        id: "queue.pause",
        label: isPaused ? t("queue.resume") : t("queue.pause"),
        group,
        icon: isPaused ? Play : Pause,
        run: () => attempt(isPaused ? client.queue.resume() : client.queue.pause()),
      },
    ];
  }, [client, t, runningId, isPaused, isEmpty]);
  useActions(actions);
  return null;
}
