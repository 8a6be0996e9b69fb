import { useState } from "react";
import type { Image } from "../../engine/contract/gallery.ts";
import { PictureImage } from "./picture.tsx";
import styles from "./divided-pictures.module.css";

export interface DividedPicturesProps {
  readonly left: Image;
  readonly right: Image;
  /** Names the divider. */
  readonly label: string;
}

/** One picture over the other, parted by a line to drag. It fills what it lies in. */
export function DividedPictures({ left, right, label }: DividedPicturesProps) {
  const [share, setShare] = useState(50);
  return (
    <div className={styles.pair}>
      <div className={styles.layer}>
        <PictureImage image={right} />
      </div>
      <div className={styles.layer} style={{ clipPath: `inset(0 ${100 - share}% 0 0)` }}>
        <PictureImage image={left} />
      </div>
      <div className={styles.line} style={{ insetInlineStart: `${share}%` }} aria-hidden />
      <input
        type="range"
        className={styles.range}
        min={0}
        max={100}
        step={0.5}
        value={share}
        aria-label={label}
        autoFocus
        onPointerDown={(event) => event.stopPropagation()}
        onChange={(event) => setShare(event.target.valueAsNumber)}
      />
    </div>
  );
}
