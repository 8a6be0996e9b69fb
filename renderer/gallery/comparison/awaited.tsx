import { CircleX, RotateCcw } from "lucide-react";
import { StudioError } from "../../../engine/contract/errors.ts";
import type { Image } from "../../../engine/contract/gallery.ts";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useStudio } from "../../connection/studio.tsx";
import { DevelopingPicture } from "../../picture/developing/developing-picture.tsx";
import { HowFar } from "../../picture/developing/how-far.tsx";
import { PictureBox } from "../../picture/picture-box.tsx";
import { Picture } from "../../picture/picture.tsx";
import { StartTimeline } from "../../picture/start-timeline.tsx";
import { useTargetName } from "../../picture/targets.ts";
import { useProgress } from "../../state/progress.ts";
import { isOpen } from "../../state/queue.ts";
import { Empty, Failed } from "../../ui/async-states.tsx";
import { Button } from "../../ui/button.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import styles from "./comparison.module.css";

interface AwaitedProps {
  readonly left: Image;
  readonly generation: Generation;
}

/** A picture beside the one it will be compared with, which is still developing or has failed. */
export function Awaited({ left, generation }: AwaitedProps) {
  return (
    <div className={styles.body}>
      <div className={styles.stage}>
        <div className={styles.half}>
          <Picture image={left} />
        </div>
        <div className={styles.half}>
          {isOpen(generation) || generation.state === "done" ? (
            <Drawing generation={generation} />
          ) : (
            <Ended generation={generation} />
          )}
        </div>
      </div>
    </div>
  );
}

function Drawing({ generation }: { generation: Generation }) {
  const t = useWords("gallery");
  const { client } = useStudio();
  const nameOf = useTargetName();
  const { id, order, target } = generation;
  const starting = useProgress((all) => all[id]?.starting);
  return (
    <>
      <div className={styles.half}>
        {starting ? (
          <Empty title={t("compare.drawing", { name: nameOf(target) })}>
            <StartTimeline starting={starting} />
          </Empty>
        ) : (
          <PictureBox width={order.width} height={order.height}>
            <DevelopingPicture generation={generation} />
          </PictureBox>
        )}
      </div>
      <div className={styles.howFar} role="status">
        <span>{t("compare.drawing", { name: nameOf(target) })}</span>
        <HowFar generation={generation} />
        {isOpen(generation) && (
          <Button
            size="dense"
            icon={CircleX}
            onPress={() => attempt(client.generation.cancel({ ids: [id] }))}
          >
            {t("compare.cancel")}
          </Button>
        )}
      </div>
    </>
  );
}

/** Why there is no picture, with a button to try again. Cancelling is not shown as a failure. */
function Ended({ generation: { id, state, target, error } }: { generation: Generation }) {
  const t = useWords("gallery");
  const { client } = useStudio();
  const name = useTargetName()(target);
  const retry = () => attempt(client.generation.retry({ ids: [id] }));
  if (state === "failed" && error) {
    const refusal = new StudioError(error.code, error.details);
    return <Failed title={t("compare.ended.failed", { name })} error={refusal} onRetry={retry} />;
  }
  return (
    <Empty
      title={t(`compare.ended.${state === "cancelled" ? "cancelled" : "interrupted"}`, { name })}
    >
      {error && <p>{error.message}</p>}
      <Button icon={RotateCcw} onPress={retry}>
        {t("compare.retry")}
      </Button>
    </Empty>
  );
}
