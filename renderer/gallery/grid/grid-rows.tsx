import { memo } from "react";
import { classNames } from "../../ui/class-names.ts";
import { formatCount, formatDay } from "../../words/format.ts";
import type { DisplayOrder } from "./day-layout.ts";
import styles from "./picture-grid.module.css";
import { Tile } from "./tile.tsx";
import { HEADING, MARGIN } from "./use-sheet.ts";

interface Place {
  /** Number of the row, counted from 0. */
  readonly number: number;
  /** Pixels from the top of the sheet. */
  readonly top: number;
}

interface DayHeadingProps extends Place {
  readonly day: string;
  readonly count: number;
  readonly columns: number;
  /** Whether it sticks to the top edge while its pictures scroll below it. */
  readonly isStuck: boolean;
}

/** The heading of a day. */
export const DayHeading = memo(function DayHeading(props: DayHeadingProps) {
  const { day, count, number, top, columns, isStuck } = props;
  return (
    <div
      role="row"
      aria-rowindex={number + 1}
      className={classNames(styles.heading, isStuck && styles.stuck)}
      style={{ height: HEADING, ...(!isStuck && { top }) }}
    >
      <div role="rowheader" aria-colindex={1} aria-colspan={columns} className={styles.day}>
        <span>{formatDay(day)}</span>
        <span className={styles.count}>{formatCount(count)}</span>
      </div>
    </div>
  );
});

interface LineProps extends Place {
  readonly first: number;
  readonly count: number;
  readonly tile: number;
  readonly order: DisplayOrder;
}

/** A line of pictures. */
export const Line = memo(function Line({ first, count, number, top, tile, order }: LineProps) {
  return (
    <div
      role="row"
      aria-rowindex={number + 1}
      className={styles.line}
      style={{ top, height: tile, gridAutoColumns: tile, insetInline: MARGIN }}
    >
      {order.ids.slice(first, first + count).map((id, column) => (
        <Tile key={id} id={id} column={column} side={tile} firstId={order.ids[0]} />
      ))}
    </div>
  );
});
