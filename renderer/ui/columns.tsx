import type { ReactNode } from "react";
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

/** Whether the columns are stacked because the screen is narrow; the end column is then left out. */
export function useIsStacked(): boolean {
  return useMediaQuery("(max-width: 699px)");
}

/** Columns with borders that can be dragged; stacked on a narrow screen. */
export function Columns({ name, start, end, children, layout, onLayout }: ColumnsProps) {
  const isStacked = useIsStacked();
  const ids = [start && "start", "middle", end && "end"].flatMap((side) =>
    side === undefined ? [] : [`${name}-${side}`],
  );
  if (isStacked)
    return (
      <div className={styles.stack}>
        <div className={styles.stackMiddle}>{children}</div>
        {start?.content}
      </div>
    );
  return (
    <Group
      id={name}
      className={styles.group}
      orientation="horizontal"
      defaultLayout={layout && ids.every((id) => id in layout) ? layout : undefined}
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
