import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from "react";
import { formatCount, formatDay, formatPeriod } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import type { Sheet } from "./day-layout.ts";
import { dayAt, daysOf, marksOf, monthBeside, type SheetDay } from "./time-scale.ts";
import styles from "./timeline.module.css";
import type { Rows } from "./use-rows.ts";

/** With fewer pictures or days than these, the mouse wheel is as fast. */
const LEAST_PICTURES = 200;
const LEAST_DAYS = 3;
/** Height of a label and minimum distance between labels, pixels. */
const APART = 20;

/** Whether there are enough pictures for a timeline; known before layout. */
export function hasTimeline(pictures: number, days: number): boolean {
  return pictures >= LEAST_PICTURES && days >= LEAST_DAYS;
}

export interface TimelineProps {
  readonly sheet: Sheet;
  readonly rows: Rows;
  readonly scroller: HTMLElement | null;
}

/** The days of the sheet from top to bottom: shows the current position and leads to any day. */
export function Timeline({ sheet, rows, scroller }: TimelineProps) {
  const t = useWords("gallery");
  const size = rows.getTotalSize();
  const height = rows.scrollRect?.height ?? 0;
  const reach = Math.max(0, size - height);
  const days = useMemo(
    () => daysOf(sheet, (row) => rows.measurementsCache[row]?.start ?? 0),
    // The offsets of rows change with the size of the sheet.
    [sheet, rows, size],
  );
  const marks = useMemo(
    () => marksOf(days, { height, reach, apart: APART }),
    [days, height, reach],
  );
  const { day, isDragging, handlers, ref } = useScrubbing(days, reach, scroller);
  const shown = days[day];
  return (
    <div
      ref={ref}
      role="slider"
      tabIndex={0}
      className={styles.timeline}
      aria-label={t("timeline.label")}
      aria-orientation="vertical"
      aria-valuemin={1}
      aria-valuemax={days.length}
      aria-valuenow={day + 1}
      aria-valuetext={
        shown &&
        t("timeline.day", {
          day: formatDay(shown.day),
          count: shown.count,
          formatted: formatCount(shown.count),
        })
      }
      {...handlers}
    >
      {marks.map(({ kind, period, at }) => (
        <span key={period} aria-hidden className={styles[kind]} style={{ top: at }}>
          {formatPeriod(period)}
        </span>
      ))}
      <span aria-hidden className={styles.thumb} data-dragging={isDragging || undefined}>
        {shown && <span className={styles.bubble}>{formatDay(shown.day)}</span>}
      </span>
    </div>
  );
}

/** Follows the view without rendering, and scrolls it by pointer and keys. */
function useScrubbing(days: readonly SheetDay[], reach: number, scroller: HTMLElement | null) {
  const ref = useRef<HTMLDivElement>(null);
  const [day, setDay] = useState(0);
  const [isDragging, setIsDragging] = useState(false);
  /** The day that a key went to; near the end of the sheet it may not reach the top. */
  const wanted = useRef<{ readonly day: number; readonly offset: number }>(undefined);
  useEffect(() => {
    if (scroller === null) return;
    const follow = () => {
      const { scrollTop } = scroller;
      const share = reach > 0 ? Math.min(1, scrollTop / reach) : 0;
      ref.current?.style.setProperty("--share", String(share));
      const isThere = wanted.current && Math.abs(wanted.current.offset - scrollTop) < 2;
      if (isThere !== true) wanted.current = undefined;
      setDay(wanted.current?.day ?? dayAt(days, scrollTop));
    };
    follow();
    scroller.addEventListener("scroll", follow, { passive: true });
    return () => scroller.removeEventListener("scroll", follow);
  }, [days, reach, scroller]);
  const jump = (index: number) => {
    const offset = Math.min(days[index]?.start ?? 0, reach);
    wanted.current = { day: index, offset };
    setDay(index);
    scroller?.scrollTo({ top: offset, behavior: "instant" });
  };
  const drag = ({ clientY, currentTarget }: PointerEvent<HTMLElement>) => {
    const { top, height } = currentTarget.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (clientY - top - APART / 2) / (height - APART)));
    scroller?.scrollTo({ top: share * reach, behavior: "instant" });
  };
  const end = () => setIsDragging(false);
  const handlers = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      setIsDragging(true);
      drag(event);
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      if (isDragging) drag(event);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onKeyDown: (event: KeyboardEvent) => {
      const index = indexByKey(event.key, day, days);
      if (index === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      jump(index);
    },
  };
  return { day, isDragging, handlers, ref };
}

function indexByKey(key: string, day: number, days: readonly SheetDay[]): number | undefined {
  const last = days.length - 1;
  if (key === "ArrowDown" || key === "ArrowRight") return Math.min(day + 1, last);
  if (key === "ArrowUp" || key === "ArrowLeft") return Math.max(day - 1, 0);
  if (key === "PageDown") return monthBeside(days, day, 1);
  if (key === "PageUp") return monthBeside(days, day, -1);
  if (key === "Home") return 0;
  return key === "End" ? last : undefined;
}
