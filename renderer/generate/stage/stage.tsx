import type { Generation } from "../../../engine/contract/generation.ts";
import type { Progress } from "../../../engine/contract/progress.ts";
import { PictureBox } from "../../picture/picture-box.tsx";
import { useImages } from "../../state/images.ts";
import { useProgress } from "../../state/progress.ts";
import { useQueue } from "../../state/queue.ts";
import { useEachSecond } from "../../ui/use-each-second.ts";
import { formatClock, formatDuration, formatSpeed } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { DevelopingPicture } from "./developing-picture.tsx";
import { FailureTile } from "./failure-tile.tsx";
import styles from "./stage.module.css";

/** The generation that is looked at, from its placeholder to its picture, in one box. */
export function Stage({ generation }: { generation: Generation }) {
  const t = useWords("generate");
  const { id, state, order, imageId = "" } = generation;
  // An endpoint that decides the size is believed once its picture is there.
  const { width, height } = useImages((all) => all[imageId]?.record) ?? order;
  const hasFailed = state === "failed" || state === "cancelled" || state === "interrupted";
  return (
    <section className={styles.stage} aria-label={t("stage.label")}>
      <div className={styles.easel}>
        <PictureBox width={width} height={height}>
          {hasFailed ? (
            <FailureTile generation={generation} />
          ) : (
            <DevelopingPicture key={id} generation={generation} />
          )}
        </PictureBox>
      </div>
      <Caption generation={generation} />
    </section>
  );
}

/** One line under the picture: how far it is, or how large. */
function Caption({ generation }: { generation: Generation }) {
  return (
    <p className={styles.caption}>
      {generation.state === "running" && <Running id={generation.id} />}
      {generation.state === "waiting" && <Waiting id={generation.id} />}
      {generation.state === "done" && <Done generation={generation} />}
    </p>
  );
}

function Running({ id }: { id: string }) {
  const t = useWords("generate");
  const progress = useProgress((all) => all[id]);
  const left = useEachSecond(progress?.secondsLeft);
  const speed = useEachSecond(progress?.secondsPerStep);
  const stage = useStageWords(progress);
  if (progress?.stage === "asking") return <Asking progress={progress} />;
  return (
    <>
      <span className={styles.state}>{stage}</span>
      {speed !== undefined && <span>{formatSpeed(speed)}</span>}
      {left !== undefined && <span>{t("stage.left", { time: formatClock(left) })}</span>}
    </>
  );
}

/** An endpoint tells no step: how long it has taken, and how long it usually does. */
function Asking({ progress }: { progress: Progress }) {
  const t = useWords("generate");
  const { elapsedSeconds = 0, expectedSeconds, attempt } = progress;
  return (
    <>
      <span className={styles.state}>{t("stage.asking")}</span>
      <span>{formatClock(elapsedSeconds)}</span>
      {expectedSeconds !== undefined && (
        <span>{t("stage.expected", { time: formatDuration(expectedSeconds) })}</span>
      )}
      {attempt !== undefined && <span>{t("stage.attempt", { attempt })}</span>}
    </>
  );
}

function useStageWords(progress: Progress | undefined): string {
  const t = useWords("generate");
  if (progress === undefined) return t("stage.loading");
  const { stage, step, steps, share = 0 } = progress;
  if (stage === "preparing") return t("stage.preparing", { share: Math.round(100 * share) });
  return stage === "denoising" ? t("stage.step", { step, steps }) : t(`stage.${stage}`);
}

function Waiting({ id }: { id: string }) {
  const t = useWords("generate");
  const position = useQueue(({ openIds }) => openIds.indexOf(id));
  const isPaused = useQueue((queue) => queue.isPaused);
  if (isPaused) return t("stage.paused");
  return position > 0 ? t("stage.waiting", { position: position + 1 }) : t("stage.waitingNext");
}

function Done({ generation: { imageId = "", order } }: { generation: Generation }) {
  const t = useWords("generate");
  const image = useImages((all) => all[imageId]);
  const seconds = image?.seconds;
  const { width, height } = image?.record ?? order;
  const total = seconds && seconds.text + seconds.denoise + seconds.decode;
  return (
    <>
      <span>{t("stage.trueSize", { width, height })}</span>
      {total !== undefined && <span>{t("stage.took", { time: formatDuration(total) })}</span>}
    </>
  );
}
