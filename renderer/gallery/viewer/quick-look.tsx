import { Picture, useImageName } from "../../picture/picture.tsx";
import { useImages } from "../../state/images.ts";
import { useWords } from "../../words/words.ts";
import styles from "./quick-look.module.css";

/**
 * A large look at the picture that has the focus. The sheet keeps the keyboard: arrows go on to
 * other pictures, and everything else that its keys do still works.
 */
export function QuickLook({ id, onClose }: { id: string; onClose: () => void }) {
  const image = useImages((images) => images[id]);
  return (
    <div
      className={styles.look}
      onClick={onClose}
      // The focus stays on the sheet.
      onMouseDown={(event) => event.preventDefault()}
    >
      <div className={styles.easel}>{image && <Picture image={image} />}</div>
      {image && <Caption record={image.record} />}
    </div>
  );
}

function Caption({ record }: { record: { prompt: string; width: number; height: number } }) {
  const t = useWords("gallery");
  const name = useImageName(record);
  const { prompt, width, height } = record;
  return (
    <p className={styles.caption} title={name}>
      <span className={styles.prompt}>{prompt}</span>
      <span className={styles.size}>{t("lookHint", { width, height })}</span>
    </p>
  );
}
