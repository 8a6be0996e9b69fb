import {
  ArchiveRestore,
  Columns2,
  Copy,
  Dices,
  Download,
  FolderOpen,
  Heart,
  HeartOff,
  ImageUp,
  Ruler,
  ScanSearch,
  Shuffle,
  SlidersHorizontal,
  Sprout,
  TextQuote,
  Trash2,
} from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { Image } from "../../engine/contract/gallery.ts";
import { writeTerm } from "../../engine/contract/gallery-search.ts";
import { desktop } from "../connection/desktop.ts";
import { type Studio, useStudio } from "../connection/studio.tsx";
import { type Action, disabledIf } from "../shortcuts/registry.ts";
import { askElsewhere } from "../state/elsewhere.ts";
import { changeForm, RECALLED, type Recalled, recallRecord, recallStart } from "../state/form.ts";
import { attempt, doUndoable, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { copyImage, downloadImage } from "./copy-image.ts";
import { useTellApplied } from "./use-tell-applied.ts";

const RECALLS = [
  { part: "all", icon: SlidersHorizontal, keys: "a" },
  { part: "remix", icon: Shuffle, keys: "r" },
  { part: "prompt", icon: TextQuote, keys: "p" },
  { part: "seed", icon: Dices, keys: "s" },
  { part: "size", icon: Ruler, keys: "d" },
] as const;

type Words = ReturnType<typeof useWords<"picture">>;

/**
 * The actions for pictures, in the order shared by keys, menus and palette. Actions on a picture's settings exist for a
 * single picture only.
 */
export function useImageActions(images: readonly Image[]): readonly Action[] {
  const studio = useStudio();
  const t = useWords("picture");
  const [, navigate] = useLocation();
  const tellApplied = useTellApplied();
  return useMemo(() => {
    const [first] = images;
    if (first === undefined) return [];
    const single =
      images.length === 1
        ? [
            ...recallActions(first, studio, t, tellApplied),
            elsewhereAction(first, t),
            ...siblingActions(first, t, navigate),
            ...fileActions(first, studio, t, tellApplied),
          ]
        : [];
    return [...single, ...keepActions(images, studio, t)];
  }, [images, studio, t, navigate, tellApplied]);
}

type Tell = ReturnType<typeof useTellApplied>;

function recallActions(
  { record }: Image,
  { client }: Studio,
  t: Words,
  tell: Tell,
): readonly Action[] {
  const take = async (part: Part) => {
    recallRecord(record, PARTS[part]);
    const isWhole = !WHOLE.has(part) || (await recallStart(client, record));
    const text = t(isWhole ? "taken" : "startImage.goneToast");
    await tell(text, WHOLE.has(part) ? record.model : undefined);
  };
  return RECALLS.map(({ part, icon, keys }) => ({
    id: `picture.recall-${part}`,
    label: t(`actions.${part}`),
    group: t("actions.recall"),
    icon,
    keys,
    ...disabledIf(part === "seed" && record.seed === undefined && t("off.seed")),
    run: () => attempt(take(part)),
  }));
}

/** The same order at other targets, beside this picture. A picture with a start image is drawn only on this computer. */
function elsewhereAction({ id, record: { strength } }: Image, t: Words): Action {
  return {
    id: "picture.elsewhere",
    label: t("actions.elsewhere"),
    group: t("actions.recall"),
    icon: Columns2,
    keys: "shift+c",
    ...disabledIf(strength !== undefined && t("off.start")),
    run: () => askElsewhere(id),
  };
}

/** Actions that find the pictures with the same prompt or seed. */
function siblingActions(
  { id, record: { seed } }: Image,
  t: Words,
  navigate: (address: string) => void,
): readonly Action[] {
  const group = t("actions.find");
  const find = (search: string) => navigate(`/gallery?${new URLSearchParams({ search })}`);
  return [
    {
      id: "picture.same-prompt",
      label: t("actions.samePrompt"),
      group,
      icon: ScanSearch,
      run: () => find(writeTerm("like", id)),
    },
    {
      id: "picture.same-seed",
      label: t("actions.sameSeed"),
      group,
      icon: Sprout,
      ...disabledIf(seed === undefined && t("off.seed")),
      run: () => find(writeTerm("seed", seed ?? "")),
    },
  ];
}

function fileActions(image: Image, { client }: Studio, t: Words, tell: Tell): readonly Action[] {
  const group = t("actions.file");
  const start = async () => {
    changeForm({ initImage: await client.generation.useAsInitImage({ imageId: image.id }) });
    await tell(t("actions.started"));
  };
  const reveal = desktop
    ? {
        label: t("actions.reveal"),
        icon: FolderOpen,
        run: () => attempt(desktop?.revealImage(image.id)),
      }
    : { label: t("actions.save"), icon: Download, run: () => downloadImage(image) };
  return [
    {
      id: "picture.start",
      label: t("actions.start"),
      group,
      icon: ImageUp,
      run: () => attempt(start()),
    },
    {
      id: "picture.copy",
      label: t("actions.copy"),
      group,
      icon: Copy,
      run: () => attempt(copyImage(image).then(() => showToast(t("copied")))),
    },
    { id: "picture.reveal", group, ...disabledIf(image.isMissing && t("gone")), ...reveal },
  ];
}

function keepActions(images: readonly Image[], { client }: Studio, t: Words): readonly Action[] {
  const group = t("actions.keep");
  const ids = images.map(({ id }) => id);
  const count = ids.length;
  const isStarred = images.every((image) => image.isStarred);
  const trash = async () => {
    await client.gallery.trash({ ids });
    return { text: t("trashed", { count }), undo: () => client.gallery.restore({ ids }) };
  };
  if (images.every((image) => image.isTrashed))
    return [
      {
        id: "picture.restore",
        label: t("actions.restore"),
        group,
        icon: ArchiveRestore,
        run: () =>
          attempt(client.gallery.restore({ ids }).then(() => showToast(t("restored", { count })))),
      },
    ];
  return [
    {
      id: "picture.star",
      label: isStarred ? t("actions.unstar") : t("actions.star"),
      group,
      icon: isStarred ? HeartOff : Heart,
      keywords: ["star", "favorite"],
      keys: ".",
      run: () => attempt(client.gallery.star({ ids, isStarred: !isStarred })),
    },
    {
      id: "picture.trash",
      label: t("actions.trash"),
      group,
      icon: Trash2,
      keywords: ["delete", "remove"],
      keys: "delete",
      isDanger: true,
      run: () => doUndoable(t("actions.undo"), trash),
    },
  ];
}

/** The settings of a picture to apply. */
type Part = "all" | "remix" | "prompt" | "seed" | "size";

const PARTS: Readonly<Record<Part, readonly Recalled[]>> = {
  all: RECALLED,
  remix: RECALLED.filter((name) => name !== "seed"),
  prompt: ["prompt", "negativePrompt"],
  seed: ["seed"],
  size: ["width", "height"],
};

/** Parts that are a whole order, so that the start image and the model matter. */
const WHOLE: ReadonlySet<Part> = new Set(["all", "remix"]);
