import type { ReactNode } from "react";
import { classNames } from "../ui/class-names.ts";
import styles from "./picture-box.module.css";

/** Small pictures are enlarged at most this many times. */
export const MOST_TIMES = 3;

/**
 * The box of a picture from placeholder to finished picture: as large as fits into its container, never cropped, and at
 * most three times the picture's own size.
 */
export function PictureBox(props: {
  width: number;
  height: number;
  className?: string | undefined;
  children: ReactNode;
}) {
  const { width, height, className, children } = props;
  const style = {
    aspectRatio: `${width} / ${height}`,
    inlineSize: `min(100cqw, calc(100cqh * ${width / height}), ${MOST_TIMES * width}px)`,
  };
  return (
    <div className={styles.easel}>
      <div className={classNames(styles.box, className)} style={style}>
        {children}
      </div>
    </div>
  );
}
