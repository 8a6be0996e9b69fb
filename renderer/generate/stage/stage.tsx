import { Expand } from "lucide-react";
import { type RefObject, useMemo, useRef } from "react";
import type { Generation } from "../../../engine/contract/generation.ts";
import { DevelopingPicture } from "../../picture/developing/developing-picture.tsx";
import { HowFar } from "../../picture/developing/how-far.tsx";
import { PictureBox } from "../../picture/picture-box.tsx";
import { secondsOf } from "../../picture/targets.ts";
import { useZoom, type ZoomControl } from "../../picture/use-zoom.ts";
import { zoomActions } from "../../picture/zoom-actions.ts";
import { ZoomCanvas } from "../../picture/zoom-canvas.tsx";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { useActions } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { useProgress } from "../../state/progress.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { FailureTile } from "./failure-tile.tsx";
import { useGenerationActions } from "./generation-actions.ts";
import styles from "./stage.module.css";
import { StartingTile } from "./starting-tile.tsx";
import { TriedAt } from "./tried-at.tsx";

export interface StageProps {
  readonly generation: Generation;
}

/** The selected generation, from placeholder to picture, with zoom. */
export function Stage({ generation }: StageProps) {
  const t = useWords("generate");
  const root = useRef<HTMLElement>(null);
  const { id, state, order, imageId = "" } = generation;
  // At an endpoint that decides the size, the size is known once the picture has arrived.
  const { width, height } = useImages((all) => all[imageId]?.record) ?? order;
  const zoom = useZoom({ width, height }, id);
  const actions = useStageActions(zoom, root);
  const own = useGenerationActions(generation);
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

/** One line below the picture: its progress or its size, and the zoom. */
function Caption({ generation, zoom, onFullScreen }: CaptionProps) {
  const t = useWords("generate");
  return (
    <div className={styles.caption}>
      <TriedAt generation={generation} />
      <HowFar generation={generation} />
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

/** Shows a picture in full screen, or leaves full screen. */
function toggleFullScreen({ current }: RefObject<HTMLElement | null>): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void current?.requestFullscreen();
}

/** Actions for viewing: the zoom's keys, and full screen. */
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
