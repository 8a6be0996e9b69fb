import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

export interface RemoveDialogProps {
  readonly endpoint: Endpoint;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before an endpoint goes: its token goes with it, and one added anew is another one. */
export function RemoveDialog({ endpoint, isOpen, onClose }: RemoveDialogProps) {
  const t = useWords("endpoints");
  const { client } = useStudio();
  const { id, name, hasToken } = endpoint;
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
              attempt(client.endpoints.remove({ id }));
              onClose();
            }}
          >
            {t("remove.yes")}
          </Button>
        </>
      }
    >
      <p>{t(hasToken ? "remove.text" : "remove.textPlain")}</p>
    </Dialog>
  );
}
