import type { PointerEventHandler, ReactNode } from "react";
import { Label } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./field.module.css";

export interface FieldHeadProps {
  readonly label: string;
  /** A Help element that explains the label. */
  readonly help?: ReactNode;
  /** Content at the right. */
  readonly aside?: ReactNode;
  /** For a number that changes when its label is dragged. */
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
