import { SlidersHorizontal } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { useStudio } from "../../connection/studio.tsx";
import { recallRecord } from "../../state/form.ts";
import { Icon } from "../../ui/icon.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
import { useFileDrop } from "../../ui/use-file-drop.ts";
import { useWords } from "../../words/words.ts";
import styles from "./drop-place.module.css";

/** The page, where a picture file can be dropped for its settings. */
export function DropPlace({ children }: { children: ReactNode }) {
  const t = useWords("gallery");
  const { client } = useStudio();
  const [, navigate] = useLocation();
  const recall = async (file: File) => {
    const { record } = await client.generation.recall({ file });
    recallRecord(record);
    const open = { label: t("openGenerate"), run: () => navigate("/generate") };
    showToast(t("dropped", { file: file.name }), open);
  };
  const { isOver, handlers } = useFileDrop((file) => attempt(recall(file)));
  return (
    <div className={styles.place} {...handlers}>
      {children}
      {isOver && (
        <div className={styles.over}>
          <p className={styles.words}>
            <Icon of={SlidersHorizontal} size={20} />
            {t("drop")}
          </p>
        </div>
      )}
    </div>
  );
}
