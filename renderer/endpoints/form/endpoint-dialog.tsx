import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useWords } from "../../words/words.ts";
import { CheckOutcome } from "./check-outcome.tsx";
import { EndpointForm } from "./endpoint-form.tsx";
import { isSound } from "./faults.ts";
import { OutcomeActions } from "./outcome-actions.tsx";
import { type DraftStart, useDraft } from "./use-draft.ts";

export interface EndpointDialogProps extends DraftStart {
  readonly onClose: () => void;
}

/** Adds an endpoint or changes one, tests it, and helps with what the test says. */
export function EndpointDialog({ onClose, ...start }: EndpointDialogProps) {
  const t = useWords("endpoints");
  const state = useDraft(start);
  const { draft, saved, phase, place, error, areFaultsShown } = state;
  if (phase === "outcome" && saved)
    return (
      <Dialog
        title={saved.name}
        size="wide"
        isOpen
        onClose={onClose}
        actions={<OutcomeActions endpoint={saved} onBack={() => state.goTo()} onClose={onClose} />}
      >
        <CheckOutcome endpoint={saved} onPlace={state.goTo} />
      </Dialog>
    );
  const isSaving = phase !== "form";
  const saveWords = saved ? t("dialog.save") : t("dialog.addAndTest");
  return (
    <Dialog
      title={saved ? t("dialog.edit", { name: saved.name }) : t("dialog.add")}
      size="wide"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t("dialog.cancel")}</Button>
          <Button
            variant="filled"
            isDisabled={isSaving || (areFaultsShown && !isSound(draft, saved))}
            onPress={state.save}
          >
            {isSaving ? t("dialog.saving") : saveWords}
          </Button>
        </>
      }
    >
      <EndpointForm
        draft={draft}
        endpoint={saved}
        place={place}
        error={error}
        areFaultsShown={areFaultsShown}
        onChange={state.change}
        onSubmit={state.save}
      />
    </Dialog>
  );
}
