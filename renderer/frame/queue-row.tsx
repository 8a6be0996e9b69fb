import { CircleX, RotateCcw, X } from "lucide-react";
import type { Generation } from "../../engine/contract/generation.ts";
import { useStudio } from "../connection/studio.tsx";
import { useProgress } from "../state/progress.ts";
import { isOpen } from "../state/queue.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import styles from "./queue-list.module.css";

/** One generation: what it is, how far, and what can be done about it. */
export function QueueRow({ generation }: { generation: Generation }) {
  const t = useWords("frame");
  const { client } = useStudio();
  const { id, state, order } = generation;
  const ids = [id];
  const prompt = order.prompt === "" ? t("queue.noPrompt") : order.prompt;
  const { width, height, steps } = order;
  return (
    <>
      <div className={styles.words}>
        <p className={styles.prompt}>{prompt}</p>
        <p className={styles.note}>
          <State generation={generation} /> · {t("queue.settings", { width, height, steps })}
        </p>
      </div>
      {isOpen(generation) ? (
        <IconButton
          icon={CircleX}
          size="dense"
          label={t("queue.cancelOne", { prompt })}
          onPress={() => attempt(client.generation.cancel({ ids }))}
        />
      ) : (
        <>
          {state !== "done" && (
            <IconButton
              icon={RotateCcw}
              size="dense"
              label={t("queue.retryOne", { prompt })}
              onPress={() => attempt(client.generation.retry({ ids }))}
            />
          )}
          <IconButton
            icon={X}
            size="dense"
            label={t("queue.removeOne", { prompt })}
            onPress={() => attempt(client.generation.prune({ ids }))}
          />
        </>
      )}
    </>
  );
}

function State({ generation }: { generation: Generation }) {
  const t = useWords("frame");
  const progress = useProgress((all) => all[generation.id]);
  if (generation.state !== "running" || progress === undefined)
    return t(`queue.states.${generation.state}`);
  return `${t("queue.states.running")} ${progress.step}/${progress.steps}`;
}
