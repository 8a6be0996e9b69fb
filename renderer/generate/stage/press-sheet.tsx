import { Check, Hourglass } from "lucide-react";
import type { CSSProperties, SyntheticEvent } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { Generation } from "../../../engine/contract/generation.ts";
import { useAxisText } from "../../picture/axis-choices.ts";
import { DevelopingPicture } from "../../picture/developing/developing-picture.tsx";
import { useStageWords } from "../../picture/developing/stage-words.ts";
import { MOST_TIMES, PictureBox } from "../../picture/picture-box.tsx";
import { secondsOf, useTargetName } from "../../picture/targets.ts";
import { useIsLost } from "../../state/connection.ts";
import { useImages } from "../../state/images.ts";
import { useProgress } from "../../state/progress.ts";
import { pick, selectGeneration, togglePicked, useSelection } from "../../state/selection.ts";
import { Icon } from "../../ui/icon.tsx";
import { formatClock, formatDuration } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { ActedOn } from "./acted-on.tsx";
import { endSign } from "./end-sign.ts";
import { hasSeveralTargets } from "../press/several-targets.ts";
import { PressBar } from "./press-bar.tsx";
import styles from "./press-sheet.module.css";
import { StarMark } from "./star-mark.tsx";
import { useTileMenu } from "./tile-menu.tsx";
import { TriedAt } from "./tried-at.tsx";

export interface PressSheetProps {
  /** In drawing order. */
  readonly pictures: readonly Generation[];
  /** The one that the strip and the details show. */
  readonly looked: Generation;
}

/** The pictures of one press, each in its final place from the start, to pick from or to compare. */
export function PressSheet({ pictures: drawn, looked }: PressSheetProps) {
  const t = useWords("generate");
  const valuesOf = useCellValues();
  const pictures = inPlaces(drawn);
  const across = pictures[0]?.order.grid?.x.values.length;
  const menu = useTileMenu();
  const chosen = useSelection((selection) => selection.picked);
  const picked = pictures.filter(({ id }) => chosen?.includes(id));
  const style: CSSProperties & Record<"--columns", number> = {
    "--columns": across ?? Math.ceil(Math.sqrt(pictures.length)),
  };
  return (
    <section className={styles.sheet} aria-label={t("stage.label")} onContextMenu={menu.ask}>
      <ListBox
        className={styles.grid ?? ""}
        data-axes={across !== undefined}
        style={style}
        layout="grid"
        aria-label={t("sheet.label")}
        items={pictures}
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={picked.map(({ id }) => id)}
        onSelectionChange={(keys) =>
          pick(keys === "all" ? pictures.map(({ id }) => id) : [...keys].map(String))
        }
        onAction={(key) => selectGeneration(String(key))}
      >
        {(generation) => (
          <ListBoxItem
            className={styles.cell ?? ""}
            style={placeOf(generation)}
            textValue={generation.order.prompt}
            aria-label={[
              t(`strip.${generation.state}`, { prompt: generation.order.prompt }),
              ...valuesOf(generation),
            ].join(", ")}
          >
            <Cell
              generation={generation}
              values={valuesOf(generation)}
              isPicked={picked.includes(generation)}
              isNamed={hasSeveralTargets(pictures) || generation.tried !== undefined}
            />
          </ListBoxItem>
        )}
      </ListBox>
      <ActedOn generations={picked.length > 0 ? picked : [looked]} />
      <PressBar pictures={pictures} picked={picked} />
      {menu.menu}
    </section>
  );
}

/** The pictures of a grid row by row, in whatever order they are drawn; others as they are. */
function inPlaces(pictures: readonly Generation[]): readonly Generation[] {
  return pictures.toSorted(
    (a, b) => at(a, "row") - at(b, "row") || at(a, "column") - at(b, "column"),
  );
}

function at({ order: { grid } }: Generation, side: "row" | "column"): number {
  return grid?.[side] ?? 0;
}

/** The cell of a picture in its grid, even if other cells are no longer in the queue. */
function placeOf({ order: { grid } }: Generation): CSSProperties {
  if (grid?.column === undefined || grid.row === undefined) return {};
  return { gridColumn: grid.column + 1, gridRow: grid.row + 1 };
}

/** The grid values of a picture, such as `Steps 10`; empty for other pictures. */
function useCellValues(): (generation: Generation) => readonly string[] {
  const textOf = useAxisText();
  return ({ order: { grid } }) => [
    ...(grid?.x ? [textOf(grid.x, grid.column ?? 0)] : []),
    ...(grid?.y ? [textOf(grid.y, grid.row ?? 0)] : []),
  ];
}

interface CellProps {
  readonly generation: Generation;
  /** The grid values of this picture. */
  readonly values: readonly string[];
  readonly isPicked: boolean;
  /** Whether it shows its target and the time. */
  readonly isNamed: boolean;
}

function Cell({ generation, values, isPicked, isNamed }: CellProps) {
  const { id, state, order, imageId = "" } = generation;
  const starting = useProgress((all) => all[id]?.starting);
  const isStarting = state === "running" && starting !== undefined;
  const shape: CSSProperties & Record<"--shape" | "--tallest", number | string> = {
    "--shape": order.height / order.width,
    "--tallest": `${MOST_TIMES * order.height}px`,
  };
  return (
    <div className={styles.named} style={shape}>
      <PictureBox width={order.width} height={order.height}>
        <Content generation={generation} isStarting={isStarting} />
        <Now generation={generation} />
        <Tick id={id} isPicked={isPicked} />
        <StarMark imageId={imageId} />
      </PictureBox>
      {values.length > 0 && <Values values={values} />}
      {(isNamed || isStarting) && (
        <Where
          generation={generation}
          startingSeconds={isStarting ? starting.elapsedSeconds : undefined}
        />
      )}
    </div>
  );
}

interface ContentProps {
  readonly generation: Generation;
  readonly isStarting: boolean;
}

/** The picture, or why there is none. */
function Content({ generation, isStarting }: ContentProps) {
  const t = useWords("generate");
  const { state } = generation;
  const hasEnded = state === "failed" || state === "cancelled" || state === "interrupted";
  if (!hasEnded && !isStarting) return <DevelopingPicture generation={generation} />;
  return (
    <span className={styles.sign}>
      <Icon of={isStarting ? Hourglass : endSign(state)} size={20} />
      {hasEnded && t(`sheet.ended.${state}`)}
    </span>
  );
}

/** Picks one more picture by pointer; Ctrl+Space does the same. Its events do not reach the picture. */
function Tick({ id, isPicked }: { readonly id: string; readonly isPicked: boolean }) {
  return (
    <span
      aria-hidden
      className={styles.tick}
      data-tick
      data-picked={isPicked || undefined}
      onPointerDown={keepHere}
      onMouseDown={keepHere}
      onDoubleClick={keepHere}
      onClick={(event) => {
        keepHere(event);
        togglePicked(id);
      }}
    >
      <Icon of={Check} />
    </span>
  );
}

function keepHere(event: SyntheticEvent): void {
  event.stopPropagation();
}

function Values({ values }: Pick<CellProps, "values">) {
  return (
    <span className={styles.where}>
      {values.map((value) => (
        <span key={value} dir="auto">
          {value}
        </span>
      ))}
    </span>
  );
}

/** What is done for a running picture now, at the foot of its tile. */
function Now({ generation: { id, state } }: Pick<CellProps, "generation">) {
  const progress = useProgress((all) => all[id]);
  const wordsOf = useStageWords();
  const isLost = useIsLost();
  if (state !== "running" || progress?.starting !== undefined || isLost) return null;
  return <span className={styles.now}>{wordsOf(progress)}</span>;
}

interface WhereProps {
  readonly generation: Generation;
  /** How long its endpoint has been starting, seconds; undefined if it is not starting. */
  readonly startingSeconds: number | undefined;
}

/** The target of one of several targets' pictures, its size and its time. */
function Where({ generation, startingSeconds }: WhereProps) {
  const { target, order, imageId = "" } = generation;
  const t = useWords("generate");
  const nameOf = useTargetName();
  const image = useImages((all) => all[imageId]);
  const { width, height } = image?.record ?? order;
  const size = image && t("stage.trueSize", { width, height });
  const seconds = image?.seconds && secondsOf(image.seconds);
  const took = seconds === undefined ? undefined : formatDuration(seconds);
  const starting =
    startingSeconds === undefined
      ? undefined
      : t("stage.startingFor", { time: formatClock(startingSeconds) });
  return (
    <span className={styles.where}>
      <span>{[nameOf(target), starting, took, size].filter(Boolean).join(" · ")}</span>
      <TriedAt generation={generation} isShort />
    </span>
  );
}
