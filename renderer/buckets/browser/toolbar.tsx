import { CloudUpload, FolderPlus, PanelRightOpen, RefreshCw, Upload } from "lucide-react";
import type { RefObject } from "react";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { SearchField } from "../../ui/search-field.tsx";
import { formatCount } from "../../words/format.ts";
import type { Panel } from "../../ui/use-panel.ts";
import { useWords } from "../../words/words.ts";
import styles from "./browser.module.css";
import type { FolderCommands } from "./use-folder-actions.tsx";
import type { Listing } from "./use-listing.ts";

export interface ToolbarProps {
  readonly words: string;
  readonly onWords: (words: string) => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
  readonly listing: Listing;
  readonly folder: FolderCommands;
  readonly column: Panel;
}

/** The search field of a folder, the number of its objects, and the upload menu. */
export function Toolbar({ words, onWords, searchRef, listing, folder, column }: ToolbarProps) {
  const t = useWords("buckets");
  const { rows, hasMore, isBusy, isPending, error, refresh } = listing;
  const formatted = formatCount(rows.length);
  return (
    <div className={styles.toolbar}>
      <SearchField
        label={t("actions.search")}
        placeholder={t("search")}
        value={words}
        onChange={onWords}
        inputRef={searchRef}
      />
      <span className={styles.count} aria-live="polite">
        {!isPending &&
          !error &&
          t(hasMore ? "countMore" : "count", { count: rows.length, formatted })}
      </span>
      <div className={styles.end}>
        <IconButton
          icon={RefreshCw}
          label={t("actions.refresh")}
          keys="r"
          isPending={isBusy}
          onPress={refresh}
        />
        <UploadMenu actions={folder.ofUploads} />
        <IconButton icon={FolderPlus} label={t("actions.newFolder")} onPress={folder.newFolder} />
        <Button variant="filled" icon={CloudUpload} onPress={folder.publish}>
          {t("actions.publish")}
        </Button>
        {!column.isOpen && (
          <IconButton
            icon={PanelRightOpen}
            label={t("actions.details")}
            keys="i"
            onPress={column.toggle}
          />
        )}
      </div>
    </div>
  );
}

/** A menu with files and folder: a browser's file dialog offers only one of the two. */
function UploadMenu({ actions }: { actions: readonly Action[] }) {
  const t = useWords("buckets");
  const { openBelow, menu } = useContextMenu(t("upload.menu"));
  return (
    <>
      <Button icon={Upload} onPress={({ target }) => openBelow(target, actions)}>
        {t("upload.menu")}
      </Button>
      {menu}
    </>
  );
}
