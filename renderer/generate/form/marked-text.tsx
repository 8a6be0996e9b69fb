import { type KeyboardEvent, type ReactNode, type Ref, useId, useRef } from "react";
import { classNames } from "../../ui/class-names.ts";
import field from "../../ui/field.module.css";
import styles from "./marked-text.module.css";

export interface MarkedTextProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly rows: number;
  readonly onChange: (value: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** Index into the value at which the mark starts. */
  readonly markFrom?: number | undefined;
  readonly inputRef?: Ref<HTMLTextAreaElement>;
  readonly aside?: ReactNode;
  readonly note?: string | undefined;
  readonly isDisabled?: boolean;
}

/**
 * A multi-line text field that grows with its content and can mark its end. A mirror with the same text lies behind it,
 * of which only the mark is visible.
 */
export function MarkedText(props: MarkedTextProps) {
  const { label, placeholder, value, rows, onChange, onKeyDown, markFrom, inputRef, note } = props;
  const id = useId();
  const ground = useRef<HTMLDivElement>(null);
  const follow = (top: number) => ground.current?.scrollTo({ top });
  return (
    <div className={field.field}>
      <div className={field.head}>
        <label className={field.label} htmlFor={id}>
          {label}
        </label>
        {props.aside}
      </div>
      <div className={styles.frame}>
        <div ref={ground} className={styles.ground} dir="auto" aria-hidden>
          {value.slice(0, markFrom)}
          {markFrom !== undefined && <span className={styles.mark}>{value.slice(markFrom)}</span>}
          {"\n"}
        </div>
        <textarea
          ref={inputRef}
          id={id}
          className={classNames(field.input, field.area, styles.text)}
          placeholder={placeholder}
          rows={rows}
          disabled={props.isDisabled}
          value={value}
          dir="auto"
          spellCheck
          aria-describedby={note === undefined ? undefined : `${id}-note`}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
          onScroll={(event) => follow(event.currentTarget.scrollTop)}
        />
      </div>
      {note !== undefined && (
        <p id={`${id}-note`} className={styles.note}>
          {note}
        </p>
      )}
    </div>
  );
}
