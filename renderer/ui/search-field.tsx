import { Search, X } from "lucide-react";
import { type KeyboardEvent, type Ref, useState } from "react";
import {
  Autocomplete,
  Button,
  Input,
  ListBox,
  ListBoxItem,
  SearchField as AriaSearchField,
} from "react-aria-components";
import { classNames } from "./class-names.ts";
import field from "./field.module.css";
import { Icon } from "./icon.tsx";
import menu from "./menu.module.css";
import styles from "./search-field.module.css";

export interface SearchFieldProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly autoFocus?: boolean;
}

/** A search field; Escape clears it. */
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

/** A suggestion that completes what is in a field. */
export interface Suggestion {
  readonly id: string;
  readonly label: string;
  readonly note?: string | undefined;
  readonly run: () => void;
}

export interface SuggestingSearchFieldProps extends SearchFieldProps {
  readonly suggestions: readonly Suggestion[];
  readonly suggestionsLabel: string;
}

/**
 * A search field with suggestions below it: arrow keys select, Enter accepts, and typing continues without them. They
 * close with Escape, and when the text is deleted, since everything is then wanted.
 */
export function SuggestingSearchField(props: SuggestingSearchFieldProps) {
  const { suggestions, suggestionsLabel, ...rest } = props;
  const [isOpen, setIsOpen] = useState(false);
  const offered = isOpen ? suggestions : [];
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setIsOpen(true);
    if (event.key !== "Escape") return;
    setIsOpen(false);
    // Otherwise the same key clears the field.
    if (offered.length > 0 && rest.value === "") event.stopPropagation();
  };
  return (
    <div
      className={styles.suggesting}
      // When the list goes, Autocomplete reports that the field is focused again.
      onFocus={({ nativeEvent }) => nativeEvent.isTrusted && setIsOpen(true)}
      onBlur={({ currentTarget, relatedTarget }) =>
        setIsOpen(relatedTarget instanceof Node && currentTarget.contains(relatedTarget))
      }
      onInput={({ target }) => setIsOpen(target instanceof HTMLInputElement && target.value !== "")}
      onKeyDownCapture={onKey}
    >
      <Autocomplete disableAutoFocusFirst>
        <SearchField {...rest} />
        {offered.length > 0 && (
          <ListBox
            aria-label={suggestionsLabel}
            items={offered}
            dependencies={[offered]}
            className={classNames(menu.popover, menu.menu, styles.suggestions)}
            onAction={(id) => offered.find((one) => one.id === id)?.run()}
          >
            {({ id, label, note }) => (
              <ListBoxItem id={id} textValue={label} className={menu.item ?? ""}>
                <span className={styles.suggestion}>{label}</span>
                {note !== undefined && <span className={styles.note}>{note}</span>}
              </ListBoxItem>
            )}
          </ListBox>
        )}
      </Autocomplete>
    </div>
  );
}
