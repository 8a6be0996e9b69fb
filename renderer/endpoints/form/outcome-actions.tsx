import { ImagePlus } from "lucide-react";
import { useLocation } from "wouter";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { useStudio } from "../../connection/studio.tsx";
import { drawAt } from "../../state/draw-at.ts";
import { Button } from "../../ui/button.tsx";
import { attempt } from "../../ui/toasts.ts";
import { useWords } from "../../words/words.ts";

export interface OutcomeActionsProps {
  readonly endpoint: Endpoint;
  readonly onBack: () => void;
  readonly onClose: () => void;
}

/** Where to go from a test's outcome. */
export function OutcomeActions({ endpoint, onBack, onClose }: OutcomeActionsProps) {
  const t = useWords("endpoints");
  const studio = useStudio();
  const [, navigate] = useLocation();
  const draw = () => {
    attempt(drawAt(studio, endpoint.id));
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
