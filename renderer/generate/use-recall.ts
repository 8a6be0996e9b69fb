import { useCallback } from "react";
import { useStudio } from "../connection/studio.tsx";
import { recallRecord, recallStart } from "../state/form.ts";
import { useTellApplied } from "../picture/use-tell-applied.ts";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

/** Applies the settings in a picture, whichever program wrote it, or in a recorded request. */
export function useRecall(): (file: File) => void {
  const t = useWords("generate");
  const { client } = useStudio();
  const tell = useTellApplied();
  return useCallback(
    (file: File) => {
      const recall = async () => {
        if (!file.type.startsWith("image/")) {
          const { requests } = await client.generation.readRecorded({ file });
          const [{ precision, ...asked } = { precision: undefined }] = requests;
          const isBytes = precision === "int8";
          recallRecord({ ...asked, ...(isBytes && { precision }) });
          const isWhole = await recallStart(client, asked);
          return tell(isWhole ? t("drop.replayed", { name: file.name }) : t("drop.startGone"));
        }
        const { record, writer } = await client.generation.recall({ file });
        recallRecord(record);
        const isWhole = await recallStart(client, record);
        const from = t(`drop.writers.${writer}`);
        await tell(
          isWhole ? t("drop.recalled", { writer: from }) : t("drop.startGone"),
          record.model,
        );
      };
      attempt(recall());
    },
    [client, t, tell],
  );
}
