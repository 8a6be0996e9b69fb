import { type Progress, type Stage, STAGES } from "../../../engine/contract/progress.ts";
import { useWords } from "../../words/words.ts";

/** Says what is done for a running picture now, such as `Reading the prompt` or `Step 3 of 25`. */
export function useStageWords(): (progress: Progress | undefined) => string {
  const t = useWords("generate");
  return (progress) => {
    if (progress === undefined) return t("stage.loading");
    const { step, steps, share = 0 } = progress;
    const stage = knownStage(progress);
    if (stage === "preparing") return t("stage.preparing", { share: Math.round(100 * share) });
    return stage === "denoising" ? t("stage.step", { step, steps }) : t(`stage.${stage}`);
  };
}

/** A newer host may have stages that this page does not know: then the picture is being drawn. */
export function knownStage({ stage }: { readonly stage: string }): Stage {
  return STAGES.find((one) => one === stage) ?? "denoising";
}
