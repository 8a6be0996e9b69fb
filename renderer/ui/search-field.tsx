import { Search, X } from "lucide-react";
import type { Ref } from "react";
import { Button, Input, SearchField as AriaSearchField } from "react-aria-components";
import { classNames } from "./class-names.ts";
import field from "./field.module.css";
import { Icon } from "./icon.tsx";
import styles from "./search-field.module.css";

export interface SearchFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** Words to look for; Escape empties it. */
export function SearchField({ label, placeholder = "", inputRef, ...rest }: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} aria-label={label} className={styles.search ?? ""}>
      <Icon of={Search} />
      <Input
        dir="auto"
        className={classNames(field.input, styles.input)}
        placeholder={placeholder}
        {...(inputRef && { ref: inputRef })}
      />
      <Button className={styles.clear ?? ""}>
        <Icon of={X} />
      </Button>
    </AriaSearchField>
  );
}
