import type { Generation } from "../../../engine/contract/generation.ts";
import type { Progress } from "../../../engine/contract/progress.ts";
import { useIsLost } from "../../state/connection.ts";
import { useProgress } from "../../state/progress.ts";
import { useQueue } from "../../state/queue.ts";
import { Help } from "../../ui/help.tsx";
import { useEachSecond } from "../../ui/use-each-second.ts";
import { formatBytes, formatClock, formatDuration, formatSpeed } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import styles from "./how-far.module.css";
import { useStageWords } from "./stage-words.ts";

/** How far an open generation is, in one line: its place in the queue, its step, or how long its endpoint takes. */
export function HowFar({ generation: { id, state } }: { generation: Generation }) {
  const t = useWords("generate");
  const isOpen = state === "running" || state === "waiting";
  if (useIsLost() && isOpen) return <span className={styles.state}>{t("stage.lost")}</span>;
  if (state === "running") return <Running id={id} />;
  return state === "waiting" ? <Waiting id={id} /> : null;
}

function Running({ id }: { id: string }) {
  const t = useWords("generate");
  const progress = useProgress((all) => all[id]);
  const left = useEachSecond(progress?.secondsLeft);
  const speed = useEachSecond(progress?.secondsPerStep);
  const wordsOf = useStageWords();
  if (progress?.stage === "asking") return <Asking progress={progress} />;
  if (progress?.starting !== undefined) return <Starting progress={progress} />;
  return (
    <>
      <span className={styles.state}>{wordsOf(progress)}</span>
      {progress?.copy !== undefined && <Copy copy={progress.copy} />}
      {speed !== undefined && <span>{formatSpeed(speed)}</span>}
      {left !== undefined && <span>{t("stage.left", { time: formatClock(left) })}</span>}
    </>
  );
}

/** What preparing a model leaves on the disk: its size, and on request where it is. */
function Copy({ copy: { folder, sizeBytes } }: { copy: NonNullable<Progress["copy"]> }) {
  const t = useWords("generate");
  const size = formatBytes(sizeBytes);
  return (
    <>
      <span>{t("stage.copySize", { size })}</span>
      <Help about={t("stage.copyAbout")}>{t("stage.copy", { size, folder })}</Help>
    </>
  );
}

/** An endpoint reports no steps, so this shows the elapsed and the usual time. */
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

/** Nothing has been sent to an endpoint that is still starting. */
function Starting({ progress: { elapsedSeconds = 0, starting } }: { progress: Progress }) {
  const t = useWords("generate");
  const words = useWords("picture");
  const last = starting?.lastSeconds;
  return (
    <>
      <span className={styles.state}>{t("stage.starting")}</span>
      <span>{formatClock(elapsedSeconds)}</span>
      {last !== undefined && <span>{words("start.last", { time: formatDuration(last) })}</span>}
    </>
  );
}

function Waiting({ id }: { id: string }) {
  const t = useWords("generate");
  const position = useQueue(({ openIds }) => openIds.indexOf(id));
  const isPaused = useQueue((queue) => queue.isPaused);
  if (isPaused) return t("stage.paused");
  return position > 0 ? t("stage.waiting", { position: position + 1 }) : t("stage.waitingNext");
}
