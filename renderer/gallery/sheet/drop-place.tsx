import { SlidersHorizontal } from "lucide-react";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useStudio } from "../../connection/studio.tsx";
import { recallRecord } from "../../state/form.ts";
import { Icon } from "../../ui/icon.tsx";
import { attempt, showToast } from "../../ui/toasts.ts";
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
  const { isOver, listeners } = useFileDrop((file) => attempt(recall(file)));
  return (
    <div className={styles.place} {...listeners}>
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

/** Whether files hang over an element, and the listeners that it needs. */
function useFileDrop(onDrop: (file: File) => void) {
  const [isOver, setIsOver] = useState(false);
  // Children tell of their own entering and leaving too.
  const depth = useRef(0);
  const enter = (by: number) => (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.current += by;
    setIsOver(depth.current > 0);
  };
  const listeners = {
    onDragEnter: enter(1),
    onDragLeave: enter(-1),
    onDragOver: (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      depth.current = 0;
      setIsOver(false);
      const [file] = event.dataTransfer.files;
      if (file === undefined) return;
      event.preventDefault();
      onDrop(file);
    },
  };
  return { isOver, listeners };
}

/** A picture dragged from the page itself is none from outside. */
function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes("Files") && !dataTransfer.types.includes("text/html");
}
