import { useRef } from "react";
import { useStudio } from "../../connection/studio.tsx";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { inParts } from "./in-parts.ts";

/** Trashed pictures to delete for good. */
export interface Removal {
  /** Undefined: all of them. */
  readonly ids?: readonly string[];
  readonly count: number;
}

/** The one question this page asks, since it cannot be undone. */
export function RemovalDialog(props: { removal: Removal | undefined; onClose: () => void }) {
  const { removal, onClose } = props;
  const { client } = useStudio();
  const t = useWords("gallery");
  // While it fades out it still says what it said.
  const last = useRef<Removal>({ count: 0 });
  if (removal) last.current = removal;
  const { ids, count } = last.current;
  const remove = async () => {
    if (ids === undefined) await client.gallery.emptyTrash({});
    else await inParts(ids, (part) => client.gallery.emptyTrash({ ids: part }));
    showToast(t("trash.deleted", { count }));
  };
  return (
    <RemoveDialog
      title={t(ids === undefined ? "trash.confirmAll" : "trash.confirm", { count })}
      yes={t("trash.act")}
      isOpen={removal !== undefined}
      onClose={onClose}
      onRemove={remove}
    >
      {t("trash.warning")}
    </RemoveDialog>
  );
}
