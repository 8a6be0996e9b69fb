import { defaultRangeExtractor, type Range, useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, ArrowUp } from "lucide-react";
import {
  type DragEvent,
  type FocusEvent,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";
import type { MenuPoint } from "../../shortcuts/context-menu.tsx";
import { bucketChoice } from "../../state/choice.ts";
import { Icon } from "../../ui/icon.tsx";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { DragOut } from "../download/use-drag-out.ts";
import { pressKey, pressRow } from "./list-keys.ts";
import styles from "./object-list.module.css";
import { ObjectRow } from "./object-row.tsx";
import { type Column, COLUMNS, pressed, type Row, type Sort } from "./rows.ts";

/** Height of a row in pixels. */
const ROW = 36;
/** Height of the column header, which stays at the top, in pixels. */
const HEAD = 32;
/** Number of rows rendered beyond each end of the view. */
const OVERSCAN = 12;
/** The next page is requested this many rows before the end. */
const NEAR_END = 200;

export interface ObjectListProps {
  readonly rows: readonly Row[];
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
  readonly onOpen: (row: Row) => void;
  /** Called after the row under the pointer has been selected. */
  readonly onMenu: (point: MenuPoint) => void;
  readonly dragOut: DragOut;
  /** Called while the end of the rows read so far is near. */
  readonly onEnd: () => void;
  readonly hasMore: boolean;
}

/** Folders and objects; only the rows in and around the view are rendered. */
export const ObjectList = memo(function ObjectList(props: ObjectListProps) {
  const { rows, sort, onSort } = props;
  const t = useWords("buckets");
  const list = useRows(rows, sort);
  const { chosen, focused } = bucketChoice.useChoice();
  const lastMade = list.made.at(-1)?.index ?? 0;
  const { hasMore, onEnd } = props;
  useEffect(() => {
    if (hasMore && lastMade > rows.length - NEAR_END) onEnd();
  }, [hasMore, lastMade, rows.length, onEnd]);
  const gestures = gesturesOf(props, list.ids);
  return (
    <div
      ref={list.scroller}
      role="grid"
      tabIndex={-1}
      className={styles.grid}
      aria-label={t("list", { count: rows.length, formatted: formatCount(rows.length) })}
      aria-multiselectable
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length}
      onKeyDown={list.onKeyDown}
      onFocus={list.onFocus}
      onBlur={list.onBlur}
      {...gestures}
    >
      <Head sort={sort} onSort={onSort} />
      <div role="presentation" className={styles.rows} style={{ height: list.height }}>
        {list.made.map(({ index, start }) => {
          const row = rows[index];
          if (row === undefined) return null;
          return (
            <ObjectRow
              key={row.key}
              row={row}
              index={index}
              top={start - HEAD}
              isChosen={chosen.has(row.key)}
              isTabStop={focused === undefined ? index === 0 : row.key === focused}
            />
          );
        })}
      </div>
    </div>
  );
});

/** The pointer gestures on the list. */
function gesturesOf({ rows, onOpen, onMenu, dragOut }: ObjectListProps, ids: readonly string[]) {
  const rowUnder = ({ target }: MouseEvent): Row | undefined => {
    const element = target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;
    return element === null ? undefined : rows[Number(element.dataset["row"])];
  };
  return {
    onClick: (event: MouseEvent) => {
      const row = rowUnder(event);
      if (row) pressRow(event, row.key, ids, bucketChoice);
      else if (event.target === event.currentTarget) bucketChoice.chooseNone();
    },
    onDoubleClick: (event: MouseEvent) => {
      const row = rowUnder(event);
      if (row) onOpen(row);
    },
    onContextMenu: (event: MouseEvent) => {
      const row = rowUnder(event);
      if (row === undefined) return;
      event.preventDefault();
      if (!bucketChoice.useChoice.getState().chosen.has(row.key)) bucketChoice.choose(row.key);
      const { clientX, clientY, currentTarget, target } = event;
      const at = target instanceof Element ? target : currentTarget;
      onMenu({ clientX, clientY, currentTarget: at });
    },
    onPointerDown: (event: PointerEvent) => {
      const row = rowUnder(event);
      if (row && event.button === 0) dragOut.prepare(row);
    },
    onDragStart: (event: DragEvent) => {
      const row = rowUnder(event);
      if (row) dragOut.start(event, row);
    },
  };
}

/** The rows in and around the view, including the focused one, and the keys that move the focus. */
function useRows(rows: readonly Row[], { sortBy, isDescending }: Sort) {
  const scroller = useRef<HTMLDivElement>(null);
  const ids = useMemo(() => rows.map(({ key }) => key), [rows]);
  const focused = bucketChoice.useChoice((choice) => choice.focused);
  const place = useMemo(() => (focused === undefined ? -1 : ids.indexOf(focused)), [ids, focused]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: useCallback((index: number) => ids[index] ?? index, [ids]),
    overscan: OVERSCAN,
    paddingStart: HEAD,
    scrollPaddingStart: HEAD,
    rangeExtractor: useCallback(
      (range: Range) => {
        const made = new Set(defaultRangeExtractor(range));
        if (place >= 0) made.add(place);
        return [...made].toSorted((a, b) => a - b);
      },
      [place],
    ),
  });
  // A new order starts at the top.
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
  }, [sortBy, isDescending]);
  /** Whether a row has the keyboard's focus. */
  const isInside = useRef(false);
  const shown = useRef(focused);
  useLayoutEffect(() => {
    if (place < 0) return;
    // A row that has only moved is not scrolled into view.
    if (shown.current !== focused) virtual.scrollToIndex(place, { align: "auto" });
    shown.current = focused;
    if (!isInside.current) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${place}"]`);
    row?.focus({ preventScroll: true });
  }, [place, focused, virtual]);
  return {
    scroller,
    ids,
    made: virtual.getVirtualItems(),
    height: virtual.getTotalSize() - HEAD,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.target instanceof Element && event.target.closest("button")) return;
      const page = Math.max(1, Math.floor((virtual.scrollRect?.height ?? 0) / ROW) - 2);
      if (pressKey(event, ids, page, bucketChoice)) event.preventDefault();
    },
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      isInside.current = target.dataset["row"] !== undefined;
      const id = ids[Number(target.dataset["row"] ?? -1)];
      // Focus came by Tab: the arrow keys continue from this row.
      if (id !== undefined && focused === undefined) bucketChoice.choose(id);
    },
    onBlur: ({ relatedTarget, currentTarget }: FocusEvent<HTMLElement>) => {
      // When a focused row disappears, the focus is lost rather than moved elsewhere; the list has not been left.
      if (relatedTarget !== null && !currentTarget.contains(relatedTarget))
        isInside.current = false;
    },
  };
}

/** The column names; pressing one sorts by it. */
function Head({ sort, onSort }: { sort: Sort; onSort: (sort: Sort) => void }) {
  const t = useWords("buckets");
  return (
    <div role="row" aria-rowindex={1} className={styles.head}>
      {COLUMNS.map((column) => (
        <div
          key={column}
          role="columnheader"
          aria-sort={ariaSortOf(sort, column)}
          className={styles[column]}
        >
          <button
            type="button"
            className={styles.sort}
            onClick={() => onSort(pressed(sort, column))}
          >
            {t(`columns.${column}`)}
            {sort.sortBy === column && <Icon of={sort.isDescending ? ArrowDown : ArrowUp} />}
          </button>
        </div>
      ))}
    </div>
  );
}

function ariaSortOf({ sortBy, isDescending }: Sort, column: Column) {
  if (sortBy !== column) return "none";
  return isDescending ? "descending" : "ascending";
}
