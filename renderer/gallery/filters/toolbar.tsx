import { ArrowDownNarrowWide, ArrowDownWideNarrow, PanelRightOpen, Trash2 } from "lucide-react";
import { memo, type Ref } from "react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { IconButton } from "../../ui/icon-button.tsx";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { Filters } from "./filters.tsx";
import { SearchWords } from "./search-words.tsx";
import { TileSize } from "./tile-size.tsx";
import styles from "./toolbar.module.css";
import type { DetailsColumnControl } from "../use-details-column.ts";

export interface ToolbarProps {
  readonly query: GalleryQuery;
  readonly onAsk: (query: GalleryQuery, isPassing?: boolean) => void;
  /** How many pictures answer; undefined until it is known. */
  readonly total: number | undefined;
  readonly column: DetailsColumnControl;
  readonly searchRef: Ref<HTMLInputElement>;
}

/** Which pictures the sheet shows, and how. Each choice of a picture renders the page; this stays. */
export const Toolbar = memo(function Toolbar(props: ToolbarProps) {
  const { query, onAsk, total, column, searchRef } = props;
  const t = useWords("gallery");
  return (
    <div className={styles.toolbar}>
      <SearchWords query={query} onAsk={onAsk} inputRef={searchRef} />
      <Filters query={query} onChange={onAsk} />
      <div className={styles.end}>
        <span className={styles.total} aria-live="polite">
          {total !== undefined && t("found", { count: total, formatted: formatCount(total) })}
        </span>
        <SortButton query={query} onAsk={onAsk} />
        <TileSize />
        <IconButton
          icon={Trash2}
          label={t("trash.open")}
          isChosen={query.isTrashed === true}
          onPress={() => onAsk(query.isTrashed === true ? {} : { isTrashed: true })}
        />
        {!column.isOpen && (
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
