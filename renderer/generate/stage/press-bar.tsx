import { Columns2, Grid3x3, Maximize2 } from "lucide-react";
import { useEffect } from "react";
import { useLocation } from "wouter";
import type { Generation } from "../../../engine/contract/generation.ts";
import { sheetId } from "../../../engine/contract/grid.ts";
import { useStudio } from "../../connection/studio.tsx";
import { useTargetName } from "../../picture/targets.ts";
import { useCompare, useCompareButton } from "../../picture/use-compare.ts";
import type { Action } from "../../shortcuts/registry.ts";
import { useImages, wantImages } from "../../state/images.ts";
import { selectGeneration } from "../../state/selection.ts";
import { Button } from "../../ui/button.tsx";
import { useWords } from "../../words/words.ts";
import { useMoreActions } from "./more-actions.ts";
import { pairOf } from "../press/several-targets.ts";
import styles from "./press-sheet.module.css";

interface CompareButtonProps {
  /** The ids of the two images. */
  readonly ids: readonly string[];
  readonly children: string;
}

function CompareButton({ ids, children }: CompareButtonProps) {
  const compare = useCompare();
  return (
    <Button ref={useCompareButton(ids)} size="dense" icon={Columns2} onPress={() => compare(ids)}>
      {children}
    </Button>
  );
}

/** Compares the same picture of two targets side by side with one click. */
function CompareTargets({ pictures }: { readonly pictures: readonly Generation[] }) {
  const t = useWords("generate");
  const nameOf = useTargetName();
  const pair = pairOf(pictures);
  if (pair === undefined) return null;
  const [left, right] = pair;
  return (
    <CompareButton ids={pair.flatMap(({ imageId }) => imageId ?? [])}>
      {t("sheet.compareTargets", { left: nameOf(left.target), right: nameOf(right.target) })}
    </CompareButton>
  );
}

/** Opens the contact sheet of a grid once it has been made. */
function ContactSheetButton({ pictures }: { readonly pictures: readonly Generation[] }) {
  const t = useWords("generate");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  const grid = pictures[0]?.order.grid;
  const id = grid === undefined ? "" : sheetId(grid);
  const isMade = useImages((images) => images[id] !== undefined);
  useEffect(() => {
    if (id !== "") wantImages(client, [id]);
  }, [client, id]);
  if (!isMade) return null;
  return (
    <Button size="dense" icon={Grid3x3} onPress={() => navigate(`/gallery/${id}`)}>
      {t("grid.openSheet")}
    </Button>
  );
}

/** An action for more pictures like the picked one. */
function MoreButton({ action }: { readonly action: Action }) {
  const { label, icon, isDisabled = false, reason } = action;
  return (
    <Button
      size="dense"
      icon={icon}
      isDisabled={isDisabled}
      reason={reason}
      onPress={() => action.run()}
    >
      {label}
    </Button>
  );
}

/** A touch screen opens a picture with one tap. */
const isTouched = matchMedia("(hover: none)").matches;

export interface PressBarProps {
  /** In the order they are drawn. */
  readonly pictures: readonly Generation[];
  readonly picked: readonly Generation[];
}

/** The number of finished pictures, and the actions for the picked ones. */
export function PressBar({ pictures, picked }: PressBarProps) {
  const t = useWords("generate");
  const done = pictures.filter(({ state }) => state === "done").length;
  const [one, two] = picked.map(({ imageId }) => imageId);
  const image = useImages((all) => (picked.length === 1 ? all[one ?? ""] : undefined));
  const [seeds, variations] = useMoreActions(image);
  const first = picked[0];
  return (
    <div className={styles.bar}>
      <span className={styles.words} role="status">
        {t("sheet.ready", { done, total: pictures.length })}
      </span>
      {picked.length === 0 && done > 0 && (
        <span className={styles.hint}>{t(isTouched ? "sheet.hintTouch" : "sheet.hint")}</span>
      )}
      {picked.length === 1 && first && (
        <Button size="dense" icon={Maximize2} onPress={() => selectGeneration(first.id)}>
          {t("sheet.open")}
        </Button>
      )}
      {picked.length === 2 && one !== undefined && two !== undefined && (
        <CompareButton key={`${one} ${two}`} ids={[one, two]}>
          {t("sheet.compare")}
        </CompareButton>
      )}
      {picked.length === 0 && (
        <>
          <CompareTargets pictures={pictures} />
          <ContactSheetButton pictures={pictures} />
        </>
      )}
      {seeds && <MoreButton action={seeds} />}
      {variations && <MoreButton action={variations} />}
    </div>
  );
}
