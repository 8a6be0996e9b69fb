import { useState } from "react";
import type { BucketPlace, Connection } from "../../../engine/contract/buckets.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { useStudio } from "../../connection/studio.tsx";
import { refreshBuckets } from "../../state/connections.ts";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { attempt, showFailure, showToast, showUndo } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { lastNameOf, type Row } from "./rows.ts";
import { removeRows } from "./remove-rows.ts";

/**
 * Deletes rows. If the bucket keeps versions, they are deleted at once and Undo restores them; otherwise, or if that is
 * unknown, it asks first.
 */
export function useRemoval({ check }: Connection, place: BucketPlace) {
  const t = useWords("buckets");
  const ui = useWords("ui");
  const studio = useStudio();
  const [asked, setAsked] = useState<readonly Row[]>([]);
  const restore = async (undo: readonly string[]) => {
    for (const one of undo) await studio.client.buckets.restore({ undo: one });
    refreshBuckets(studio);
  };
  const remove = async (rows: readonly Row[]) => {
    const { count, undo, failures, failureCount } = await removeRows(studio.client, place, rows);
    refreshBuckets(studio);
    const [failure] = failures;
    if (failure) showFailure(new StudioError(failure.error.code, failure.error.details));
    const words = t(failureCount > 0 ? "removedSome" : "removed", { count, failureCount });
    if (undo.length === 0) showToast(words);
    else showUndo(words, { label: ui("undo"), run: () => attempt(restore(undo)) });
  };
  const [first] = asked;
  const dialog = (
    <RemoveDialog
      title={
        asked.length === 1 && first
          ? t("removal.titleOne", { name: lastNameOf(first.key) })
          : t("removal.title", { count: asked.length })
      }
      yes={t("removal.yes")}
      isOpen={asked.length > 0}
      onClose={() => setAsked([])}
      onRemove={() => remove(asked)}
    >
      {t(asked.some(({ kind }) => kind === "folder") ? "removal.textFolder" : "removal.text")}
    </RemoveDialog>
  );
  return {
    dialog,
    remove: (rows: readonly Row[]) => {
      if (rows.length === 0) return;
      if (check?.isVersioned === true) attempt(remove(rows));
      else setAsked(rows);
    },
  };
}
