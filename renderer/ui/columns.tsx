import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Group, Panel, Separator } from "react-resizable-panels";
import styles from "./columns.module.css";
import { useMediaQuery } from "./use-media-query.ts";

/** A column at one side. It keeps its width in pixels; the middle takes the remaining width. */
export interface SideColumn {
  readonly content: ReactNode;
  readonly size: number;
  readonly minSize: number;
  readonly maxSize?: number;
}

export interface ColumnsProps {
  /** Names the panels in the saved layout. */
  readonly name: string;
  readonly start?: SideColumn | undefined;
  readonly end?: SideColumn | undefined;
  readonly children: ReactNode;
  /** The layout that `onLayout` reported. */
  readonly layout?: Readonly<Record<string, number>> | undefined;
  readonly onLayout?: (layout: Readonly<Record<string, number>>) => void;
}

/** Whether the columns are stacked because the screen is narrow: the middle first, the start column last. */
export function useIsStacked(): boolean {
  return useMediaQuery("(max-width: 699px)");
}

/** Whether there is no room for three columns: the end column is then below the middle. */
function useIsEndBelow(): boolean {
  return useMediaQuery("(max-width: 959px)");
}

/**
 * Columns with borders that can be dragged; stacked on a narrow screen, and at most two on one of medium width. What is
 * typed or open in them stays when the width of the window changes that.
 */
export function Columns({ start, end, children, ...props }: ColumnsProps) {
  const isStacked = useIsStacked();
  const isEndBelow = useIsEndBelow();
  const first = useMovable(start?.content);
  const middle = useMovable(children);
  const last = useMovable(end?.content);
  return (
    <>
      <Arranged
        {...props}
        isStacked={isStacked}
        isEndBelow={isEndBelow && start !== undefined}
        start={start && { ...start, content: first.place }}
        end={end && { ...end, content: last.place }}
      >
        {middle.place}
      </Arranged>
      {first.content}
      {middle.content}
      {last.content}
    </>
  );
}

interface ArrangedProps extends ColumnsProps {
  readonly isStacked: boolean;
  readonly isEndBelow: boolean;
}

function Arranged({ isStacked, isEndBelow, ...props }: ArrangedProps) {
  const { start, end, children } = props;
  if (isStacked) {
    return (
      <Stack middle={children} end={end}>
        {start?.content}
      </Stack>
    );
  }
  if (!isEndBelow || end === undefined) return <SideBySide {...props} />;
  return (
    <SideBySide {...props} end={undefined}>
      <Stack middle={children} end={end} />
    </SideBySide>
  );
}

interface StackProps extends Pick<ColumnsProps, "end"> {
  readonly middle: ReactNode;
  /** What is below the end column. */
  readonly children?: ReactNode;
}

function Stack({ middle, end, children }: StackProps) {
  return (
    <div className={styles.stack}>
      <div className={styles.stackMiddle}>{middle}</div>
      {end && <div className={styles.stackEnd}>{end.content}</div>}
      {children}
    </div>
  );
}

function SideBySide({ name, start, end, children, layout = {}, onLayout }: ColumnsProps) {
  const ids = [start && "start", "middle", end && "end"].flatMap((side) =>
    side === undefined ? [] : [`${name}-${side}`],
  );
  // Whether it is a layout of the same columns.
  const isLike = ids.length === Object.keys(layout).length && ids.every((id) => id in layout);
  return (
    <Group
      id={name}
      className={styles.group}
      orientation="horizontal"
      defaultLayout={isLike ? layout : undefined}
      onLayoutChanged={(sizes, { isUserInteraction }) => isUserInteraction && onLayout?.(sizes)}
    >
      {start && <Side id={`${name}-start`} column={start} />}
      {start && <Separator className={styles.border} />}
      <Panel id={`${name}-middle`} className={styles.panel} minSize={280}>
        {children}
      </Panel>
      {end && <Separator className={styles.border} />}
      {end && <Side id={`${name}-end`} column={end} />}
    </Group>
  );
}
function Side({ id, column }: { id: string; column: SideColumn }) {
  const { content, size, minSize, maxSize } = column;
  return (
    <Panel
      id={id}
      className={styles.panel}
      defaultSize={size}
      minSize={minSize}
      maxSize={maxSize}
      groupResizeBehavior="preserve-pixel-size"
    >
      {content}
    </Panel>
  );
}

/** A column's content, rendered once whatever surrounds it. */
interface Movable {
  /** Where it is shown at present. */
  readonly place: ReactNode;
  /** The content itself. It belongs behind its place, so that it is in the page when its effects run. */
  readonly content: ReactNode;
}

function useMovable(content: ReactNode): Movable {
  const [host] = useState(() => {
    const element = document.createElement("div");
    element.className = styles.movable ?? "";
    return element;
  });
  return { place: <Place host={host} />, content: createPortal(content, host) };
}

function Place({ host }: { host: HTMLElement }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    place.current?.append(host);
  }, [host]);
  return <div ref={place} className={styles.movable} />;
}
