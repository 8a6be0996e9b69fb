import { ChevronDown, ChevronUp, FolderPlus, Image as Picture, Pencil, Trash2 } from "lucide-react";
import { type DragEvent, useState } from "react";
import type { Album } from "../../../engine/contract/gallery-marks.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useContextMenu } from "../../shortcuts/context-menu.tsx";
import { disabledIf } from "../../shortcuts/registry.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Icon } from "../../ui/icon.tsx";
import { doUndoable } from "../../ui/toasts.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { PICTURES } from "../grid/use-gestures.ts";
import { changeLabels } from "../marks/change-labels.ts";
import type { Naming } from "./album-name-dialog.tsx";
import styles from "./gallery-rail.module.css";
import { useAlbumCommands } from "./use-album-commands.ts";
import type { Terms } from "./use-terms.ts";

export interface AlbumListProps {
  readonly albums: readonly Album[];
  readonly search: Terms;
  readonly onName: (naming: Naming) => void;
}

/** Albums in order, and a button to create one. */
export function AlbumList({ albums, search, onName }: AlbumListProps) {
  const t = useWords("gallery");
  return (
    <>
      <div className={styles.head}>
        <h2 className={styles.title}>{t("rail.albums")}</h2>
        <IconButton icon={FolderPlus} label={t("rail.make")} onPress={() => onName({})} />
      </div>
      {albums.length === 0 && (
        <div className={styles.none}>
          <p>{t("rail.noAlbums")}</p>
          <Button size="dense" icon={FolderPlus} onPress={() => onName({})}>
            {t("rail.make")}
          </Button>
        </div>
      )}
      <ul className={styles.list}>
        {albums.map((album, place) => (
          <AlbumEntry
            key={album.name}
            album={album}
            place={place}
            total={albums.length}
            search={search}
            onRename={() => onName({ name: album.name })}
          />
        ))}
      </ul>
    </>
  );
}

interface AlbumEntryProps {
  readonly album: Album;
  readonly place: number;
  readonly total: number;
  readonly search: Terms;
  readonly onRename: () => void;
}

/** An album: a press shows its pictures, and pictures can be dropped on it. */
function AlbumEntry({ album, place, total, search, onRename }: AlbumEntryProps) {
  const { name, count, cover } = album;
  const t = useWords("gallery");
  const menu = useContextMenu(name);
  const { actions, remove } = useAlbumActions({ album, place, total, search, onRename });
  const { isOver, handlers } = usePictureDrop(name);
  const isChosen = search.has("album", name);
  return (
    <li className={styles.row} data-over={isOver || undefined} {...handlers}>
      <button
        type="button"
        className={styles.entry}
        aria-pressed={isChosen}
        onClick={() => search.toggle("album", name)}
        onContextMenu={(event) => menu.open(event, actions)}
        onKeyDown={(event) => {
          if (event.key === "F2") onRename();
          if (event.key === "Delete") {
            event.stopPropagation();
            remove();
          }
        }}
      >
        {cover ? (
          <img className={styles.cover} src={cover.thumbnail} alt="" />
        ) : (
          <span className={styles.cover}>
            <Icon of={Picture} />
          </span>
        )}
        <span className={styles.name} dir="auto">
          {name}
        </span>
        <span className={styles.total}>{formatCount(count)}</span>
      </button>
      <button
        type="button"
        className={styles.more}
        aria-label={t("rail.more", { album: name })}
        aria-haspopup="menu"
        onClick={(event) => menu.open(event, actions)}
      >
        ⋯
      </button>
      {menu.menu}
    </li>
  );
}

/** The actions for one album. */
function useAlbumActions({ album, place, total, search, onRename }: AlbumEntryProps) {
  const { name } = album;
  const t = useWords("gallery");
  const { move, remove } = useAlbumCommands();
  const gone = () => search.has("album", name) && search.put("album", undefined);
  const removeIt = () => remove(name, gone);
  const group = t("rail.albums");
  const actions = [
    { id: "album.rename", label: t("rail.rename"), group, icon: Pencil, run: onRename },
    {
      id: "album.up",
      label: t("rail.up"),
      group,
      icon: ChevronUp,
      ...disabledIf(place === 0 && t("rail.first")),
      run: () => move(name, place - 1),
    },
    {
      id: "album.down",
      label: t("rail.down"),
      group,
      icon: ChevronDown,
      ...disabledIf(place === total - 1 && t("rail.last")),
      run: () => move(name, place + 1),
    },
    {
      id: "album.delete",
      label: t("rail.delete"),
      group: t("rail.delete"),
      icon: Trash2,
      isDanger: true,
      run: removeIt,
    },
  ];
  return { actions, remove: removeIt };
}

/** Accepts pictures dragged from the sheet. */
function usePictureDrop(album: string) {
  const { client } = useStudio();
  const t = useWords("gallery");
  const [isOver, setIsOver] = useState(false);
  const add = (ids: readonly string[]) =>
    changeLabels({ kind: "albums", ids, client, t }, { add: [album], remove: [] });
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!takes(event)) return;
      event.preventDefault();
      setIsOver(true);
    },
    onDragLeave: () => setIsOver(false),
    onDrop: (event: DragEvent) => {
      if (!takes(event)) return;
      event.preventDefault();
      setIsOver(false);
      const ids = event.dataTransfer.getData(PICTURES).split(" ");
      doUndoable(t("undo"), () => add(ids));
    },
  };
  return { isOver, handlers };
}

function takes({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes(PICTURES);
}
