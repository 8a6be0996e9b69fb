import { FolderMinus, FolderPlus, Image as Cover, Star, Tags } from "lucide-react";
import { useMemo } from "react";
import { readSearch } from "../../../engine/contract/gallery-search.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { attempt, doUndoable, showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { changeLabels } from "./change-labels.ts";
import { type LabelKind, rate } from "./marking.ts";

export interface MarkScene {
  readonly ids: readonly string[];
  readonly isTrash: boolean;
  /** The search; pictures can be removed from an album that it names. */
  readonly search: string | undefined;
  readonly onLabel: (kind: LabelKind, ids: readonly string[]) => void;
}

const RATINGS = [1, 2, 3, 4, 5, 0] as const;

type Words = ReturnType<typeof useWords<"gallery">>;

/** Actions for ratings, tags and albums of the selected or open pictures. */
export function useMarkActions({ ids, isTrash, search, onLabel }: MarkScene): readonly Action[] {
  const studio = useStudio();
  const t = useWords("gallery");
  return useMemo(() => {
    if (ids.length === 0 || isTrash) return [];
    const group = t("marks.group");
    const album = albumIn(search);
    return [
      {
        id: "gallery.tags",
        label: t("marks.tags"),
        group,
        icon: Tags,
        keys: "t",
        run: () => onLabel("tags", ids),
      },
      {
        id: "gallery.albums",
        label: t("marks.albums"),
        group,
        icon: FolderPlus,
        keys: "b",
        run: () => onLabel("albums", ids),
      },
      ...(album === undefined ? [] : albumActions({ album, ids, studio, t, group })),
      ...RATINGS.map((rating) => ratingAction({ rating, ids, studio, t, group })),
    ];
  }, [ids, isTrash, search, onLabel, studio, t]);
}

/** The album that is searched for, if it is exactly one. */
export function albumIn(search = ""): string | undefined {
  const albums = readSearch(search).terms.filter(({ name }) => name === "album");
  const [only] = albums;
  return albums.length === 1 && only && "text" in only ? only.text : undefined;
}

interface Scene {
  readonly ids: readonly string[];
  readonly studio: Studio;
  readonly t: Words;
  readonly group: string;
}

function ratingAction({ rating, ids, studio, t, group }: Scene & { rating: number }): Action {
  const work = async () => {
    const undo = await rate(studio.client, ids, rating);
    const text = rating === 0 ? "marks.unrated" : "marks.rated";
    return { text: t(text, { count: ids.length, rating }), undo };
  };
  return {
    id: `gallery.rate-${rating}`,
    label: rating === 0 ? t("marks.noRating") : t("marks.rate", { count: rating }),
    group,
    icon: Star,
    keys: String(rating),
    run: () => doUndoable(t("undo"), work),
  };
}

function albumActions({ album, ids, studio, t, group }: Scene & { album: string }): Action[] {
  const { client } = studio;
  const take = () => changeLabels({ kind: "albums", ids, client, t }, { add: [], remove: [album] });
  const [only] = ids;
  const coverage = async (cover: string) => {
    await client.gallery.changeAlbum({ name: album, cover });
    showToast(t("marks.covered", { album }));
  };
  return [
    {
      id: "gallery.take",
      label: t("marks.take", { album }),
      group,
      icon: FolderMinus,
      run: () => doUndoable(t("undo"), take),
    },
    ...(ids.length === 1 && only !== undefined
      ? [
          {
            id: "gallery.cover",
            label: t("marks.cover"),
            group,
            icon: Cover,
            run: () => attempt(coverage(only)),
          },
        ]
      : []),
  ];
}
