import { ImageUp, type LucideIcon, SlidersHorizontal } from "lucide-react";
import { type DragEvent, useEffect, useState } from "react";
import { showFailure } from "../ui/toasts.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/words.ts";
import styles from "./drop-overlay.module.css";
import { useRecall } from "./use-recall.ts";
import { useStartPicture } from "./use-start-picture.ts";

/** Shown while a file is dragged over the window: the possible effects of dropping it. */
export function DropOverlay() {
  const t = useWords("generate");
  const recall = useRecall();
  const start = useStartPicture();
  const isDragging = useFileDrag();
  if (!isDragging) return null;
  return (
    <div className={styles.overlay}>
      <Target
        icon={SlidersHorizontal}
        title={t("drop.settings")}
        hint={t("drop.settingsHint")}
        takesText
        onDrop={recall}
      />
      <Target icon={ImageUp} title={t("drop.start")} hint={t("drop.startHint")} onDrop={start} />
    </div>
  );
}

interface TargetProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly hint: string;
  /** Whether it also accepts the file of a recorded request. */
  readonly takesText?: boolean;
  readonly onDrop: (file: File) => void;
}

function Target({ icon, title, hint, takesText = false, onDrop }: TargetProps) {
  const t = useWords("generate");
  const [isOver, setIsOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const file = [...event.dataTransfer.files].find(
      ({ type }) => takesText || type.startsWith("image/"),
    );
    if (file) onDrop(file);
    else showFailure(new Error(t("drop.noPicture")));
  };
  return (
    <div
      className={styles.target}
      data-over={isOver || undefined}
      onDragEnter={() => setIsOver(true)}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <Icon of={icon} size={20} />
      <p className={styles.title}>{title}</p>
      <p className={styles.hint}>{hint}</p>
    </div>
  );
}

/** Whether a file is being dragged over the window. Dropped outside the targets, it has no effect and opens no page. */
function useFileDrag(): boolean {
  const [isDragging, setIsDragging] = useState(false);
  useEffect(() => {
    let depth = 0;
    const hasFiles = ({ dataTransfer }: globalThis.DragEvent) =>
      dataTransfer?.types.includes("Files") === true;
    const move = (step: number) => (event: globalThis.DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      depth = Math.max(0, depth + step);
      setIsDragging(depth > 0);
    };
    const end = (event: globalThis.DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
      depth = 0;
      setIsDragging(false);
    };
    const leaving = new AbortController();
    const { signal } = leaving;
    addEventListener("dragenter", move(1), { signal });
    addEventListener("dragleave", move(-1), { signal });
    addEventListener("dragover", move(0), { signal });
    addEventListener("drop", end, { signal });
    return () => leaving.abort();
  }, []);
  return isDragging;
}
