import {
  ArrowDownNarrowWide,
  ArrowDownWideNarrow,
  ImageDown,
  PanelRightOpen,
  Trash2,
} from "lucide-react";
import { memo, type Ref } from "react";
import { Slider, SliderThumb, SliderTrack } from "react-aria-components";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { useView } from "../../state/view.ts";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { formatCount } from "../../words/format.ts";
import type { Panel } from "../../ui/use-panel.ts";
import { useWords } from "../../words/words.ts";
import { RailButton } from "../rail/use-rail.tsx";
import { useImportActions } from "../actions/import-actions.ts";
import { Filters } from "./filters.tsx";
import { SearchWords } from "./search-words.tsx";
import styles from "./toolbar.module.css";

export interface ToolbarProps {
  readonly query: GalleryQuery;
  readonly onAsk: (query: GalleryQuery, isPassing?: boolean) => void;
  /** The number of matching pictures; undefined until it is known. */
  readonly total: number | undefined;
  readonly rail: Panel;
  readonly column: Panel;
  readonly searchRef: Ref<HTMLInputElement>;
}

/** Which pictures the sheet shows, and how. Memoised, since each selection renders the page. */
export const Toolbar = memo(function Toolbar(props: ToolbarProps) {
  const { query, onAsk, total, rail, column, searchRef } = props;
  const t = useWords("gallery");
  return (
    <div className={styles.toolbar}>
      <RailButton panel={rail} />
      <SearchWords query={query} onAsk={onAsk} inputRef={searchRef} />
      <Filters query={query} onChange={onAsk} />
      <div className={styles.end}>
        <span className={styles.total} aria-live="polite">
          {total !== undefined && t("found", { count: total, formatted: formatCount(total) })}
        </span>
        <SortButton query={query} onAsk={onAsk} />
        <TileSize />
        <ImportButton />
        <IconButton
          icon={Trash2}
          label={t("trash.open")}
          isChosen={query.isTrashed === true}
          onPress={() => onAsk(query.isTrashed === true ? {} : { isTrashed: true })}
        />
        {/* There are no details without pictures. */}
        {!column.isOpen && total !== 0 && (
          <IconButton
            icon={PanelRightOpen}
            label={t("showDetails")}
            keys="i"
            onPress={column.toggle}
          />
        )}
      </div>
    </div>
  );
});

function ImportButton() {
  const t = useWords("gallery");
  const actions = useImportActions();
  const { openBelow, menu } = useContextMenu(t("import.label"));
  return (
    <>
      <IconButton
        icon={ImageDown}
        label={t("import.label")}
        aria-haspopup="menu"
        onPress={({ target }) => openBelow(target, actions)}
      />
      {menu}
    </>
  );
}

function SortButton({ query, onAsk }: Pick<ToolbarProps, "query" | "onAsk">) {
  const t = useWords("gallery");
  const isOldest = query.sort === "oldest";
  const { sort: _, ...others } = query;
  return (
    <IconButton
      icon={isOldest ? ArrowDownNarrowWide : ArrowDownWideNarrow}
      label={t("sort.oldest")}
      isChosen={isOldest}
      onPress={() => onAsk(isOldest ? others : { ...others, sort: "oldest" })}
    />
  );
}

/** Thumbnails are 320 px wide; larger tiles would look blurred. */
const LARGEST = 320;
const SMALLEST = 96;
const STEP = 16;

/** Sets the size of the tiles, without showing a number. */
const TileSize = memo(function TileSize() {
  const t = useWords("gallery");
  const tileSize = useView((view) => view.tileSize);
  return (
    <Slider
      aria-label={t("tileSize")}
      className={styles.tileSize ?? ""}
      value={tileSize}
      onChange={(size) => useView.setState({ tileSize: size })}
      minValue={SMALLEST}
      maxValue={LARGEST}
      step={STEP}
    >
      <SliderTrack className={styles.track ?? ""}>
        <SliderThumb className={styles.thumb ?? ""} />
      </SliderTrack>
    </Slider>
  );
});
