import { ImageDown } from "lucide-react";
import type { ReactNode } from "react";
import { outgoingOfDrop } from "../../connection/outgoing.ts";
import { Icon } from "../../ui/icon.tsx";
import { useFileDrop } from "../../ui/use-file-drop.ts";
import { useWords } from "../../words/words.ts";
import styles from "./drop-place.module.css";
import { usePictureImport } from "../../picture/use-picture-import.ts";

/** Makes the page a drop target that imports picture files and folders of them. */
export function DropPlace({ children }: { children: ReactNode }) {
  const t = useWords("gallery");
  const { take } = usePictureImport();
  const { isOver, handlers } = useFileDrop((_, { dataTransfer }) =>
    take(outgoingOfDrop(dataTransfer)),
  );
  return (
    <div className={styles.place} {...handlers}>
      {children}
      {isOver && (
        <div className={styles.over}>
          <p className={styles.words}>
            <Icon of={ImageDown} size={20} />
            {t("import.drop")}
          </p>
        </div>
      )}
    </div>
  );
}
