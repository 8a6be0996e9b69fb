import {
  Columns2,
  Eye,
  Info,
  Maximize2,
  Search,
  SquareCheckBig,
  SquareX,
  Trash2,
} from "lucide-react";
import { useMemo } from "react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { useImageActions } from "../../picture/image-actions.ts";
import { type Action, disabledIf } from "../../shortcuts/registry.ts";
import { chooseAll } from "../../state/choice.ts";
import { useImages } from "../../state/images.ts";
import { useWords } from "../../words/words.ts";
import { useMarkActions } from "../marks/mark-actions.ts";
import type { LabelKind } from "../marks/marking.ts";
import { useImportActions } from "./import-actions.ts";
import { useExportAction, useManyActions } from "./many-actions.ts";

/** What the actions call on the page. */
export interface GalleryCommands {
  readonly open: (id: string) => void;
  readonly look: () => void;
  readonly compare: (ids: readonly [string, string]) => void;
  /** Asks before it deletes permanently. */
  readonly remove: (ids: readonly string[]) => void;
  readonly label: (kind: LabelKind, ids: readonly string[]) => void;
  readonly toggleDetails: () => void;
  /** Closes whatever Escape closes. */
  readonly leave: () => void;
  readonly search: () => void;
}

export interface GalleryScene {
  /** The pictures that the actions apply to. */
  readonly ids: readonly string[];
  /** All pictures of the sheet. */
  readonly all: readonly string[];
  readonly isTrash: boolean;
  readonly query: GalleryQuery;
  /** Whether a picture is open instead of the sheet. */
  readonly isOpen: boolean;
}

const GRID = '[role="grid"]';

/** Every action of this page, in the order shared by keys, menus and palette. */
export function useGalleryActions(scene: GalleryScene, page: GalleryCommands): readonly Action[] {
  const { ids, all, isTrash, isOpen, query } = scene;
  const { search } = query;
  const t = useWords("gallery");
  const only = useImages((images) => (ids.length === 1 ? images[ids[0] ?? ""] : undefined));
  const one = useImageActions(useMemo(() => (only ? [only] : []), [only]));
  const many = useManyActions(ids, isTrash);
  const marks = useMarkActions({ ids, isTrash, search, onLabel: page.label });
  const exporting = useExportAction(ids, query, all.length);
  const imports = useImportActions();
  return useMemo(() => {
    const group = t("actions.group");
    const [id, other] = ids;
    const sights = id === undefined || isOpen ? [] : sightActions(id, ids.length, t, page);
    const comparison: Action[] =
      id !== undefined && other !== undefined && ids.length === 2
        ? [
            {
              id: "gallery.compare",
              label: t("actions.compare"),
              group,
              icon: Columns2,
              keys: "c",
              run: () => page.compare([id, other]),
            },
          ]
        : [];
    const removal = isTrash && id !== undefined ? [removalOf(ids, t, page)] : [];
    const sheet = isOpen ? [] : sheetActions(all, t, page);
    return [
      ...sights,
      ...comparison,
      ...one,
      ...many,
      ...marks,
      exporting,
      ...imports,
      ...removal,
      ...sheet,
      {
        id: "gallery.details",
        label: t("details"),
        group,
        icon: Info,
        keys: "i",
        run: page.toggleDetails,
      },
    ];
  }, [ids, all, isTrash, isOpen, one, many, marks, exporting, imports, page, t]);
}

type Words = ReturnType<typeof useWords<"gallery">>;

function sightActions(
  id: string,
  count: number,
  t: Words,
  page: GalleryCommands,
): readonly Action[] {
  const group = t("actions.group");
  const look: Action = {
    id: "gallery.look",
    label: t("actions.look"),
    group,
    icon: Eye,
    keys: "space",
    within: GRID,
    run: page.look,
  };
  if (count > 1) return [look];
  const open: Action = {
    id: "gallery.open",
    label: t("actions.open"),
    group,
    icon: Maximize2,
    keys: "enter",
    within: GRID,
    run: () => page.open(id),
  };
  return [open, look];
}

function removalOf(ids: readonly string[], t: Words, page: GalleryCommands): Action {
  return {
    id: "gallery.delete",
    label: t("trash.delete"),
    group: t("actions.group"),
    icon: Trash2,
    keys: "delete",
    isDanger: true,
    run: () => page.remove(ids),
  };
}

function sheetActions(all: readonly string[], t: Words, page: GalleryCommands): readonly Action[] {
  const group = t("actions.group");
  return [
    {
      id: "gallery.all",
      label: t("actions.all"),
      group,
      icon: SquareCheckBig,
      keys: "mod+a",
      worksInFields: false,
      ...disabledIf(all.length === 0 && t("actions.nothing")),
      run: () => chooseAll(all),
    },
    {
      id: "gallery.none",
      label: t("actions.none"),
      group,
      icon: SquareX,
      keys: "escape",
      run: page.leave,
    },
    {
      id: "gallery.search",
      label: t("actions.search"),
      group,
      icon: Search,
      keys: "/",
      run: page.search,
    },
  ];
}
