import { useQuery } from "@tanstack/react-query";
import { memo, useEffect } from "react";
import type { GalleryNames } from "../../../engine/contract/gallery.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useChoice } from "../../state/choice.ts";
import { useWords } from "../../words/words.ts";
import { type DisplayOrder, picturesBetween } from "./day-layout.ts";
import { DayHeading, Line } from "./grid-rows.tsx";
import styles from "./picture-grid.module.css";
import { TileWords, useTileWords } from "./tile.tsx";
import { hasTimeline, Timeline } from "./timeline.tsx";
import { useDetails } from "./use-details.ts";
import { type GridGestures, useGestures } from "./use-gestures.ts";
import { useGridFocus } from "./use-grid-focus.ts";
import { useGridKeys } from "./use-grid-keys.ts";
import { useRows } from "./use-rows.ts";
import { HEADING, useSheet } from "./use-sheet.ts";

export interface PictureGridProps {
  readonly names: GalleryNames;
  readonly order: DisplayOrder;
  readonly gestures: GridGestures;
  /** Called with whether the view is away from the top. */
  readonly onAway: (isAway: boolean) => void;
}

/**
 * All pictures of the gallery by day. Only the rows in and around the view are rendered. A GridList of react-aria first
 * creates a node for each item, which takes seconds for 50,000; so this grid implements the roles, the single tab stop
 * and the keys itself.
 */
export const PictureGrid = memo(function PictureGrid(props: PictureGridProps) {
  const { names, order, gestures, onAway } = props;
  const t = useWords("gallery");
  const { queries } = useStudio();
  const scaling = useQuery(queries.settings.get.queryOptions()).data?.scaling;
  const sized = useSheet(names);
  const { sheet, tile, ref } = sized;
  const focused = useChoice((choice) => choice.focused);
  const rows = useRows(sized, order, focused);
  const made = rows.getVirtualItems();
  const { startIndex = 0, endIndex = 0 } = rows.range ?? {};
  const [first, end] = picturesBetween(sheet, startIndex, endIndex);
  useDetails(order.ids, first, end);
  const isAway = (rows.scrollOffset ?? 0) > HEADING;
  useEffect(() => onAway(isAway), [isAway, onAway]);
  const focus = useGridFocus(rows, sized, order);
  const keys = useGridKeys(rows, sized, order);
  const words = useTileWords();
  const isTimed = hasTimeline(names.total, names.days.length);
  return (
    <div className={styles.frame} data-timed={isTimed || undefined}>
      <div
        ref={ref}
        role="grid"
        className={styles.grid}
        data-scaling={scaling}
        aria-label={t("grid")}
        aria-multiselectable
        aria-rowcount={sheet.rows.length}
        aria-colcount={sheet.columns}
        {...focus}
        {...keys}
        {...useGestures(order, gestures)}
      >
        <TileWords value={words}>
          <div role="presentation" className={styles.sheet} style={{ height: rows.getTotalSize() }}>
            {made.map(({ index, start }) => {
              const row = sheet.rows[index];
              if (row === undefined) return null;
              const isStuck = row.kind === "day" && index === made[0]?.index;
              return row.kind === "day" ? (
                <DayHeading
                  key={`day ${index}`}
                  {...row}
                  number={index}
                  top={start}
                  isStuck={isStuck}
                  columns={sheet.columns}
                />
              ) : (
                <Line key={index} {...row} number={index} top={start} tile={tile} order={order} />
              );
            })}
          </div>
        </TileWords>
      </div>
      {isTimed && <Timeline sheet={sheet} rows={rows} scroller={sized.scroller} />}
    </div>
  );
});
