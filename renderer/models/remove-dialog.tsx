import type { StoredModel } from "../../engine/contract/models.ts";
import { useStudio } from "../connection/studio.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { attempt } from "../ui/toasts.ts";
import { formatBytes } from "../words/format.ts";
import { useWords } from "../words/words.ts";

export interface RemoveDialogProps {
  readonly model: StoredModel;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before files of gigabytes are gone for good. */
export function RemoveDialog({ model, isOpen, onClose }: RemoveDialogProps) {
  const t = useWords("models");
  const { client } = useStudio();
  const name = model.summary?.name ?? model.id;
  return (
    <Dialog
      title={t("remove.title", { name })}
      isAlert
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("remove.no")}</Button>
          <Button
            variant="danger"
            onPress={() => {
              attempt(client.models.remove({ id: model.id }));
              onClose();
            }}
          >
            {t("remove.yes")}
          </Button>
        </>
      }
    >
      <p>{t("remove.text", { size: formatBytes(model.diskBytes) })}</p>
    </Dialog>
  );
}
