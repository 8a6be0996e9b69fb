import { useCallback } from "react";
import { useStudio } from "../connection/studio.tsx";
import { recallRecord } from "../state/form.ts";
import { attempt, showToast } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

/** Takes over the settings that a picture file carries, whoever wrote it. */
export function useRecall(): (file: File) => void {
  const t = useWords("generate");
  const { client } = useStudio();
  return useCallback(
    (file: File) => {
      const recall = async () => {
        const { record, writer } = await client.generation.recall({ file });
        recallRecord(record);
        showToast(t("drop.recalled", { writer: t(`drop.writers.${writer}`) }));
      };
      attempt(recall());
    },
    [client, t],
  );
}
