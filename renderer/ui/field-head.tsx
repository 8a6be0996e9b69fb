import type { PointerEventHandler, ReactNode } from "react";
import { Label } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";

export interface FieldHeadProps {
  readonly label: string;
  /** What the word means: a Help. */
  readonly help?: ReactNode;
  /** What stands at the right. */
  readonly aside?: ReactNode;
  /** For a number that moves by dragging its label. */
  readonly onDragStart?: PointerEventHandler<HTMLElement>;
}

/** The line above a field. */
export function FieldHead({ label, help, aside, onDragStart }: FieldHeadProps) {
  return (
    <div className={styles.head}>
      <span className={styles.words}>
        <Label
          className={classNames(styles.label, onDragStart && styles.draggable)}
          onPointerDown={onDragStart}
        >
          {label}
        </Label>
        {help}
      </span>
      {aside}
    </div>
  );
}
