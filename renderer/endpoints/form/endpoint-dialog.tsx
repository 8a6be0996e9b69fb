import { ImagePlus } from "lucide-react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { chooseTarget } from "../../state/choose-target.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";
import { CheckOutcome } from "./check-outcome.tsx";
import { EndpointForm } from "./endpoint-form.tsx";
import { isSound } from "./faults.ts";
import { type DraftStart, useDraft } from "./use-draft.ts";

export interface EndpointDialogProps extends DraftStart {
  readonly onClose: () => void;
}

/** Adds or edits an endpoint, tests it, and helps with the test's result. */
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
        dropped={start.dropped}
        error={error}
        areFaultsShown={areFaultsShown}
        onChange={state.change}
        onSubmit={state.save}
      />
    </Dialog>
  );
}

interface OutcomeActionsProps {
  readonly endpoint: Endpoint;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** The buttons after a test. */
function OutcomeActions({ endpoint, onBack, onClose }: OutcomeActionsProps) {
  const t = useWords("endpoints");
  const studio = useStudio();
  const [, navigate] = useLocation();
  const draw = () => {
    attempt(chooseTarget(studio, endpoint.id));
    navigate("/generate");
  };
  const hasFailed = endpoint.check?.state === "failed";
  return (
    <>
      <Button onPress={onBack}>{t("dialog.back")}</Button>
      <Button onPress={onClose}>{t("dialog.done")}</Button>
      {!hasFailed && (
        <Button variant="filled" icon={ImagePlus} onPress={draw}>
          {t("actions.draw")}
        </Button>
      )}
    </>
  );
}
