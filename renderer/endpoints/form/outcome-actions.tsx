import { ImagePlus } from "lucide-react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { changeForm } from "../../state/form.ts";
import { Button } from "../../ui/button.tsx";
import { useWords } from "../../words/words.ts";

export interface OutcomeActionsProps {
  readonly endpoint: Endpoint;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** Where to go from a test's outcome. */
export function OutcomeActions({ endpoint, onBack, onClose }: OutcomeActionsProps) {
  const t = useWords("endpoints");
  const [, navigate] = useLocation();
  const draw = () => {
    changeForm({ target: endpoint.id });
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
