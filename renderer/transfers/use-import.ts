import { useCallback } from "react";
import { useLocation } from "wouter";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { useStudio } from "../connection/studio.tsx";
import { changeSettings } from "../state/settings.ts";
import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";
import { followTransfer } from "./follow-transfer.ts";

type Begun = Promise<{ readonly transferId: string }>;

/** Selects a model and opens the Generate page. */
export function useDrawWith(): (modelId: string) => void {
  const studio = useStudio();
  const [, navigate] = useLocation();
  return useCallback(
    (modelId) => {
      const draw = async () => {
        await changeSettings(studio, { model: modelId });
        navigate("/generate");
      };
      attempt(draw());
    },
    [studio, navigate],
  );
}

/** Reports that an import has started, that it failed, or that its model can be used. */
export function useImport(): (name: string, begun: Begun) => void {
  const t = useWords("transfers");
  const drawWith = useDrawWith();
  return useCallback(
    (name, begun) => {
      const follow = async () => {
        const { transferId } = await begun;
        showToast(t("importing", { name }));
        followTransfer({ transferId }, ({ modelId }: Transfer) => {
          if (modelId === undefined) return;
          showToast(t("imported", { name }), { label: t("draw"), run: () => drawWith(modelId) });
        });
      };
      attempt(follow());
    },
    [t, drawWith],
  );
}
