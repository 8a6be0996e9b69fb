import { useMemo } from "react";
import { useStudio } from "../connection/studio.tsx";
import { chooseOutgoing, type Outgoing } from "../connection/outgoing.ts";
import { type Importing, importPictures, useImporting } from "../state/importing.ts";
import { attempt, doUndoable, showFailure, showToast } from "../ui/toasts.ts";
import { formatCount } from "../words/format.ts";
import { useWords } from "../words/words.ts";
import { inParts } from "./in-parts.ts";

/** Imports picture files, dropped or chosen, into the gallery. */
export interface PictureImport {
  readonly take: (outgoing: Promise<readonly Outgoing[]>) => void;
  readonly choose: (kind: "files" | "folder") => void;
}

export function usePictureImport(): PictureImport {
  const { client } = useStudio();
  const t = useWords("gallery");
  return useMemo(() => {
    const tellSum = ({ imported, present }: Importing) => {
      const counts = [
        ...(imported.length > 0 || present === 0 ? [told("import.done", imported.length)] : []),
        ...(present > 0 ? [told("import.present", present)] : []),
      ];
      const text = counts.join(" ");
      if (imported.length === 0) return showToast(text);
      const undo = () => inParts(imported, (ids) => client.gallery.trash({ ids }));
      doUndoable(t("undo"), async () => ({ text, undo }));
    };
    const told = (key: "import.done" | "import.present", count: number) =>
      t(key, { count, formatted: formatCount(count) });
    const run = async (outgoing: Promise<readonly Outgoing[]>) => {
      const chosen = await outgoing;
      if (chosen.length === 0) return;
      try {
        const sum = await importPictures(client, chosen);
        if (sum !== undefined) tellSum(sum);
      } catch (error) {
        showFailure(error);
        // Pictures imported before the failure stay, and the import can be undone.
        const sum = useImporting.getState().run;
        if (sum !== undefined && sum.imported.length > 0) tellSum(sum);
      }
    };
    const take = (outgoing: Promise<readonly Outgoing[]>) => attempt(run(outgoing));
    return { take, choose: (kind) => take(chooseOutgoing(kind)) };
  }, [client, t]);
}
