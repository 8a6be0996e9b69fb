import { Expand } from "lucide-react";
import { type RefObject, useMemo, useRef } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import type { Progress } from "../../../engine/contract/progress.ts";
import { PictureBox } from "../../picture/picture-box.tsx";
import { secondsOf } from "../../picture/targets.ts";
import { useZoom, type ZoomControl } from "../../picture/use-zoom.ts";
import { zoomActions } from "../../picture/zoom-actions.ts";
import { ZoomCanvas } from "../../picture/zoom-canvas.tsx";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { useActions } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { useProgress } from "../../state/progress.ts";
import { useQueue } from "../../state/queue.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useEachSecond } from "../../ui/use-each-second.ts";
import { formatClock, formatDuration, formatSpeed } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { DevelopingPicture } from "./developing-picture.tsx";
import { FailureTile } from "./failure-tile.tsx";
import { useGenerationActions } from "./generation-actions.ts";
import styles from "./stage.module.css";
import { StartingTile } from "./starting-tile.tsx";
import { TriedAt } from "./tried-at.tsx";

export interface StageProps {
  readonly generation: Generation;
  readonly press: () => void;
}

/** The generation that is looked at, from its placeholder to its picture, in one place, and closely. */
export function Stage({ generation, press }: StageProps) {
  const t = useWords("generate");
  const root = useRef<HTMLElement>(null);
  const { id, state, order, imageId = "" } = generation;
  // An endpoint that decides the size is believed once its picture is there.
  const { width, height } = useImages((all) => all[imageId]?.record) ?? order;
  const zoom = useZoom({ width, height }, id);
  const actions = useStageActions(zoom, root);
  const own = useGenerationActions(generation, press);
  const menu = useContextMenu(t("stage.menu"));
  const starting = useProgress((all) => all[id]?.starting);
  const isStarting = state === "running" && starting !== undefined;
  const hasFailed = state === "failed" || state === "cancelled" || state === "interrupted";
  return (
    <section
      ref={root}
      className={styles.stage}
      aria-label={t("stage.label")}
      onContextMenu={(event) => menu.open(event, [...own, ...actions])}
    >
      <div className={styles.easel} data-close={!zoom.isFit || undefined}>
        {hasFailed || isStarting ? (
          <PictureBox width={width} height={height}>
            {isStarting ? (
              <StartingTile generation={generation} starting={starting} />
            ) : (
              <FailureTile generation={generation} />
            )}
          </PictureBox>
        ) : (
          <ZoomCanvas picture={{ width, height }} zoom={zoom}>
            <DevelopingPicture key={id} generation={generation} />
          </ZoomCanvas>
        )}
      </div>
      <Caption generation={generation} zoom={zoom} onFullScreen={() => toggleFullScreen(root)} />
      {menu.menu}
    </section>
  );
}

interface CaptionProps {
  readonly generation: Generation;
  readonly zoom: ZoomControl;
  readonly onFullScreen: () => void;
}

/** One line under the picture: how far it is, or how large, and how closely it is looked at. */
function Caption({ generation, zoom, onFullScreen }: CaptionProps) {
  const t = useWords("generate");
  return (
    <div className={styles.caption}>
      <TriedAt generation={generation} />
      {generation.state === "running" && <Running id={generation.id} />}
      {generation.state === "waiting" && <Waiting id={generation.id} />}
      {generation.state === "done" && (
        <>
          <Done generation={generation} />
          <Button
            variant="plain"
            size="dense"
            aria-label={t(zoom.isFit ? "stage.full" : "stage.fit", { percent: zoom.percent })}
            onPress={() => (zoom.isFit ? zoom.full() : zoom.fit())}
          >
            {t("stage.percent", { percent: zoom.percent })}
          </Button>
          <IconButton
            icon={Expand}
            size="dense"
            label={t("stage.fullScreen")}
            keys="shift+f"
            onPress={onFullScreen}
          />
        </>
      )}
    </div>
  );
}

/** A picture alone on the screen, and back. */
function toggleFullScreen({ current }: RefObject<HTMLElement | null>): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void current?.requestFullscreen();
}

/** How the stage is looked at: the zoom's own keys, and the whole screen. */
function useStageActions(zoom: ZoomControl, root: RefObject<HTMLElement | null>) {
  const t = useWords("generate");
  const words = useWords("gallery");
  const actions = useMemo(
    () => [
      ...zoomActions(zoom, words),
      {
        id: "stage.full-screen",
        label: t("stage.fullScreen"),
        group: words("viewer.group"),
        icon: Expand,
        keys: "shift+f",
        run: () => toggleFullScreen(root),
      },
    ],
    [zoom, words, t, root],
  );
  useActions(actions);
  return actions;
}

function Running({ id }: { id: string }) {
  const t = useWords("generate");
  const progress = useProgress((all) => all[id]);
  const left = useEachSecond(progress?.secondsLeft);
  const speed = useEachSecond(progress?.secondsPerStep);
  const stage = useStageWords(progress);
  if (progress?.stage === "asking") return <Asking progress={progress} />;
  if (progress?.starting !== undefined) return <Starting progress={progress} />;
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

/** An endpoint that is starting has been sent nothing yet. */
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
  const total = seconds && secondsOf(seconds);
  return (
    <>
      <span>{t("stage.trueSize", { width, height })}</span>
      {total !== undefined && <span>{t("stage.took", { time: formatDuration(total) })}</span>}
    </>
  );
}
