import { CircleX, ImageIcon, RotateCcw, X } from "lucide-react";
import type { Generation } from "../../engine/contract/generation.ts";
import { useStudio } from "../connection/studio.tsx";
import { useStageWords } from "../picture/developing/stage-words.ts";
import { isRemote, useTargetName } from "../picture/targets.ts";
import { useProgress } from "../state/progress.ts";
import { isOpen } from "../state/queue.ts";
import { IconButton } from "../ui/icon-button.tsx";
import { Icon } from "../ui/icon.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatClock } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import styles from "./queue-list.module.css";

/** One generation with its progress and its actions. */
export function QueueRow({ generation }: { generation: Generation }) {
  const t = useWords("frame");
  const { client } = useStudio();
  const { id, state, order } = generation;
  const ids = [id];
  const prompt = order.prompt === "" ? t("queue.noPrompt") : order.prompt;
  return (
    <>
      <Thumbnail generation={generation} />
      <div className={styles.words}>
        <p className={styles.prompt} dir="auto">
          {prompt}
        </p>
        <p className={styles.note}>
          <State generation={generation} /> · <Settings generation={generation} />
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

/** The picture as far as it is drawn, or a placeholder. A row ends with its picture. */
function Thumbnail({ generation: { id } }: { generation: Generation }) {
  const address = useProgress((all) => all[id]?.preview);
  return (
    <span className={styles.thumbnail} aria-hidden>
      {address === undefined ? <Icon of={ImageIcon} /> : <img src={address} alt="" />}
    </span>
  );
}

/** Where it is drawn, if not on this machine, and its settings unless the endpoint decides them. */
function Settings({ generation: { order, target } }: { generation: Generation }) {
  const t = useWords("frame");
  const nameOf = useTargetName();
  const { width, height, steps, isSizeOpen = false } = order;
  return [
    isRemote(target) && nameOf(target),
    !isSizeOpen && t("queue.size", { width, height }),
    steps !== undefined && t("queue.steps", { count: steps }),
  ]
    .filter((words) => words !== false)
    .join(" · ");
}

function State({ generation }: { generation: Generation }) {
  const t = useWords("frame");
  const progress = useProgress((all) => all[generation.id]);
  const stageWords = useStageWords();
  if (generation.error?.code === "ENDPOINT_LEFT")
    return t("queue.stillWorking", { state: t(`queue.states.${generation.state}`) });
  if (generation.state !== "running" || progress === undefined)
    return t(`queue.states.${generation.state}`);
  const { step, steps, elapsedSeconds, starting } = progress;
  if (steps > 0 && (step === 0 || step === steps)) return stageWords(progress);
  const words = t(starting === undefined ? "queue.states.running" : "queue.starting");
  if (elapsedSeconds !== undefined) return `${words} ${formatClock(elapsedSeconds)}`;
  return steps === 0 ? words : `${words} ${step}/${steps}`;
}
