import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useWords } from "../../words/words.ts";
import { ConnectionForm } from "./connection-form.tsx";
import { isSound } from "./draft.ts";
import { type DraftStart, useDraft } from "./use-draft.ts";

export interface ConnectionDialogProps extends DraftStart {
  readonly onClose: () => void;
  /** It is kept and answers. */
  readonly onReady: (id: string) => void;
}

/** Adds a connection or changes one, tests it, and shows what the test says at the field it is about. */
export function ConnectionDialog({ onClose, onReady, ...start }: ConnectionDialogProps) {
  const t = useWords("buckets");
  const state = useDraft(start, onReady);
  const { draft, saved, phase, areFaultsShown } = state;
  const isBusy = phase !== "form";
  const words = isBusy ? t(`form.${phase}`) : t(saved ? "form.save" : "form.connect");
  return (
    <Dialog
      title={start.connection ? t("form.edit", { name: start.connection.name }) : t("add")}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t(saved ? "form.close" : "form.cancel")}</Button>
          <Button
            variant="filled"
            isDisabled={isBusy || (areFaultsShown && !isSound(draft, saved))}
            onPress={state.save}
          >
            {words}
          </Button>
        </>
      }
    >
      <ConnectionForm
        draft={draft}
        connection={saved}
        field={state.field}
        check={state.check}
        error={state.error}
        areFaultsShown={areFaultsShown}
        onChange={state.change}
        onSubmit={state.save}
      />
    </Dialog>
  );
}
