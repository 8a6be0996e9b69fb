import { useEffect } from "react";
import { changeForm, useForm } from "../../state/form.ts";
import type { ChosenModel } from "../chosen-model.ts";
import { useEstimate } from "../press/estimate.ts";
import { fieldsOf, PATIENCE_SECONDS } from "./presets.ts";

/**
 * Chooses Fast where nobody has chosen and Exact would take too long here. Gives the seconds Exact
 * would take, where that is why Fast is chosen.
 */
export function useFastChoice({ id, summary }: ChosenModel): number | undefined {
  const isUntouched = useForm(({ isLoaded, isPresetChosen }) => isLoaded && !isPresetChosen);
  const own = summary && { steps: summary.steps, width: summary.width, height: summary.height };
  const request = { prompt: "", model: id, ...own };
  const exact = useEstimate(request, summary !== undefined && isUntouched)?.seconds;
  const preset = exact !== undefined && exact > PATIENCE_SECONDS ? "fast" : "exact";
  const isKnown = isUntouched && exact !== undefined;
  useEffect(() => {
    if (isKnown && summary) changeForm(fieldsOf(preset, summary));
  }, [isKnown, preset, summary]);
  return isKnown && preset === "fast" ? exact : undefined;
}
