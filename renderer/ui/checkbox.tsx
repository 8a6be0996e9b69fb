import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox } from "react-aria-components";
import styles from "./checkbox.module.css";
import { Icon } from "./icon.tsx";

export interface CheckboxProps {
  readonly isSelected: boolean;
  /** Checked for some of its items and unchecked for others. */
  readonly isMixed?: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly children: ReactNode;
}

/** A checkbox with its label. */
export function Checkbox({ isSelected, isMixed = false, onChange, children }: CheckboxProps) {
  return (
    <AriaCheckbox
      isSelected={isSelected}
      isIndeterminate={isMixed}
      onChange={onChange}
      className={styles.checkbox ?? ""}
    >
      <span className={styles.box}>
        {isMixed ? <Icon of={Minus} /> : isSelected && <Icon of={Check} />}
      </span>
      <span className={styles.words} dir="auto">
        {children}
      </span>
    </AriaCheckbox>
  );
}
