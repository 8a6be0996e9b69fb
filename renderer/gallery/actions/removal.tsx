import { useRef } from "react";
import { useStudio } from "../../connection/studio.tsx";
import { RemoveDialog } from "../../ui/remove-dialog.tsx";
import { showToast } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { inParts } from "../../picture/in-parts.ts";

/** Trashed pictures to delete permanently. */
export interface Removal {
  /** Undefined means all of them. */
  readonly ids?: readonly string[];
  readonly count: number;
}

/** The only confirmation on this page, since deleting cannot be undone. */
export function RemovalDialog(props: { removal: Removal | undefined; onClose: () => void }) {
  const { removal, onClose } = props;
  const { client } = useStudio();
  const t = useWords("gallery");
  // The text stays while the dialog fades out.
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
