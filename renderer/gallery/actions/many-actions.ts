import { ArchiveRestore, FolderArchive, Heart, HeartOff, Trash2 } from "lucide-react";
import { useMemo } from "react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { downloadAs } from "../../picture/copy-image.ts";
import { type Action, disabledIf } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { attempt, doUndoable, showToast } from "../../ui/toasts.ts";
import { formatCount } from "../../words/format.ts";
import { useWords } from "../../words/words.ts";
import { inParts } from "../../picture/in-parts.ts";

type PictureWords = ReturnType<typeof useWords<"picture">>;

/**
 * Actions for many pictures at once. They do what useImageActions of renderer/picture does, under the same names, for
 * any number, including pictures whose details have not been read.
 */
export function useManyActions(ids: readonly string[], isTrash: boolean): readonly Action[] {
  const studio = useStudio();
  const t = useWords("picture");
  const isStarred = useImages((images) => ids.every((id) => images[id]?.isStarred === true));
  return useMemo(() => {
    if (ids.length < 2) return [];
    const group = t("actions.keep");
    return isTrash
      ? [restoring(ids, studio, t, group)]
      : [starring({ ids, isStarred, studio, t, group }), trashing(ids, studio, t)];
  }, [ids, isTrash, isStarred, studio, t]);
}

interface Starring {
  readonly ids: readonly string[];
  readonly isStarred: boolean;
  readonly studio: Studio;
  readonly t: PictureWords;
  readonly group: string;
}

function starring({ ids, isStarred, studio, t, group }: Starring): Action {
  return {
    id: "picture.star",
    label: isStarred ? t("actions.unstar") : t("actions.star"),
    group,
    icon: isStarred ? HeartOff : Heart,
    keywords: ["star", "favorite"],
    keys: ".",
    run: () =>
      attempt(
        inParts(ids, (part) => studio.client.gallery.star({ ids: part, isStarred: !isStarred })),
      ),
  };
}

function restoring(ids: readonly string[], { client }: Studio, t: PictureWords, group: string) {
  return {
    id: "picture.restore",
    label: t("actions.restore"),
    group,
    icon: ArchiveRestore,
    run: () =>
      attempt(
        inParts(ids, (part) => client.gallery.restore({ ids: part })).then(() =>
          showToast(t("restored", { count: ids.length })),
        ),
      ),
  };
}

function trashing(ids: readonly string[], { client }: Studio, t: PictureWords) {
  const undo = () => inParts(ids, (part) => client.gallery.restore({ ids: part }));
  const trash = async () => {
    await inParts(ids, (part) => client.gallery.trash({ ids: part }));
    return { text: t("trashed", { count: ids.length }), undo };
  };
  return {
    id: "picture.trash",
    label: t("actions.trash"),
    group: t("actions.keep"),
    icon: Trash2,
    keywords: ["delete", "remove"],
    keys: "delete",
    isDanger: true,
    run: () => doUndoable(t("actions.undo"), trash),
  };
}

/** Exports the selected pictures, or all that are shown, as a ZIP with a table of their settings. */
export function useExportAction(
  ids: readonly string[],
  query: GalleryQuery,
  total: number,
): Action {
  const { client } = useStudio();
  const t = useWords("gallery");
  return useMemo(() => {
    const exportThem = async () => {
      const input = ids.length > 0 ? { ids: [...ids] } : { query };
      const { address, count } = await client.gallery.export(input);
      downloadAs(address, `${t("export.file")} ${new Date().toISOString().slice(0, 10)}.zip`);
      showToast(t("export.begun", { count, formatted: formatCount(count) }));
    };
    return {
      id: "gallery.export",
      label: t(ids.length > 0 ? "export.chosen" : "export.all"),
      group: t("actions.group"),
      icon: FolderArchive,
      keys: "e",
      ...disabledIf(ids.length === 0 && total === 0 && t("actions.nothing")),
      run: () => attempt(exportThem()),
    };
  }, [client, t, ids, query, total]);
}
