import { ArchiveRestore, Download, Star, StarOff, Trash2 } from "lucide-react";
import { useMemo } from "react";
import { desktop } from "../../connection/desktop.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { downloadImage } from "../../picture/copy-image.ts";
import type { Action } from "../../shortcuts/registry.ts";
import { useImages } from "../../state/images.ts";
import { attempt, showToast, showUndo } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { inParts } from "./in-parts.ts";

/** A browser takes downloads only at some distance from each other. */
const BETWEEN_MS = 200;

type PictureWords = ReturnType<typeof useWords<"picture">>;

/**
 * What can be done with many pictures at once: what useImageActions of renderer/picture does, under
 * the same names, for as many as there are, also where their details were never asked for.
 */
export function useManyActions(ids: readonly string[], isTrash: boolean): readonly Action[] {
  const studio = useStudio();
  const t = useWords("picture");
  const own = useWords("gallery");
  const isStarred = useImages((images) => ids.every((id) => images[id]?.isStarred === true));
  return useMemo(() => {
    if (ids.length < 2) return [];
    const group = t("actions.keep");
    const download: Action = {
      id: "picture.reveal",
      label: own("actions.download"),
      group: t("actions.file"),
      icon: Download,
      run: () => attempt(downloadAll(ids, studio)),
    };
    const keep = isTrash
      ? [restoring(ids, studio, t, group)]
      : [starring({ ids, isStarred, studio, t, group }), trashing(ids, studio, t)];
    return desktop ? keep : [download, ...keep];
  }, [ids, isTrash, isStarred, studio, t, own]);
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
    icon: isStarred ? StarOff : Star,
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
  const restore = () => attempt(inParts(ids, (part) => client.gallery.restore({ ids: part })));
  const trash = async () => {
    await inParts(ids, (part) => client.gallery.trash({ ids: part }));
    showUndo(t("trashed", { count: ids.length }), { label: t("actions.undo"), run: restore });
  };
  return {
    id: "picture.trash",
    label: t("actions.trash"),
    group: t("actions.keep"),
    icon: Trash2,
    keys: "delete",
    isDanger: true,
    run: () => attempt(trash()),
  };
}

async function downloadAll(ids: readonly string[], { client }: Studio): Promise<void> {
  await inParts(ids, async (part) => {
    for (const image of await client.gallery.details({ ids: part })) {
      if (image.isMissing) continue;
      downloadImage(image);
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  });
}
