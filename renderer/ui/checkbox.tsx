import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";
import { Checkbox as AriaCheckbox } from "react-aria-components";
import styles from "./checkbox.module.css";
import { Icon } from "./icon.tsx";

export interface CheckboxProps {
  readonly isSelected: boolean;
  readonly onChange: (isSelected: boolean) => void;
  readonly isIndeterminate?: boolean;
  readonly isDisabled?: boolean;
  readonly children: ReactNode;
}

/** Yes or no, of several. */
export function Checkbox({ children, isIndeterminate = false, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox {...rest} isIndeterminate={isIndeterminate} className={styles.checkbox ?? ""}>
      <span className={styles.box}>
        <Icon of={isIndeterminate ? Minus : Check} />
      </span>
      {children}
    </AriaCheckbox>
  );
}
