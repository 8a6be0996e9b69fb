import type { ServerKey } from "../../../engine/contract/server.ts";
import { useStudio } from "../../connection/studio.tsx";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

/** Asks before programs are locked out: the same key cannot be made again. */
export function RemoveKeyDialog({ of: key, onClose }: { of: ServerKey; onClose: () => void }) {
  const t = useWords("server");
  const { client } = useStudio();
  const { id, name } = key;
  return (
    <Dialog
      title={t("removeKey.title", { name })}
      isAlert
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("removeKey.no")}</Button>
          <Button
            variant="danger"
            onPress={() => {
              attempt(client.server.removeKey({ id }));
              onClose();
            }}
          >
            {t("removeKey.yes")}
          </Button>
        </>
      }
    >
      <p>{t("removeKey.text")}</p>
    </Dialog>
  );
}
