import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useWords } from "../../words/words.ts";
import { ConnectionForm } from "./connection-form.tsx";
import { type DraftStart, useDraft } from "./use-draft.ts";

export interface ConnectionDialogProps extends DraftStart {
  readonly onClose: () => void;
  /** Called when the connection is saved and works. */
  readonly onReady: (id: string) => void;
}

/** Adds or edits a connection, tests it, and shows the test's result at the field it concerns. */
export function ConnectionDialog({ onClose, onReady, ...start }: ConnectionDialogProps) {
  const t = useWords("buckets");
  const state = useDraft(start, onReady);
  const { draft, saved, phase } = state;
  const isBusy = phase !== "form";
  const words = t(isBusy ? `form.${phase}` : "form.save");
  return (
    <Dialog
      title={saved ? t("form.edit", { name: saved.name }) : t("add")}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t(saved ? "form.close" : "form.cancel")}</Button>
          <Button variant="filled" isPending={isBusy} onPress={state.save}>
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
        areFaultsShown={state.areFaultsShown}
        attempts={state.attempts}
        onChange={state.change}
        onSubmit={state.save}
      />
    </Dialog>
  );
}
