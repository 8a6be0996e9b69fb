import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
} from "react-aria-components";
import { FieldHead } from "./field-head.tsx";
import field from "./field.module.css";
import { Icon } from "./icon.tsx";
import menu from "./menu.module.css";
import styles from "./select.module.css";

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A small icon before it. */
  readonly sign?: ReactNode;
  /** A secondary note after it. */
  readonly note?: string | undefined;
  readonly isDisabled?: boolean;
}

export interface SelectProps<Value extends string> {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly SelectOption<Value>[];
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
  /** A Help element that explains the label. */
  readonly help?: ReactNode;
  readonly aside?: ReactNode;
  readonly description?: ReactNode;
}

/** A choice from a list. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, isLabelHidden = false, value, onChange, options } = props;
  const { isDisabled = false, autoFocus = false } = props;
  return (
    <AriaSelect
      className={field.field ?? ""}
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.value === key);
        if (chosen) onChange(chosen.value);
      }}
      isDisabled={isDisabled}
      autoFocus={autoFocus}
      {...(isLabelHidden && { "aria-label": label })}
    >
      {!isLabelHidden && <FieldHead label={label} help={props.help} aside={props.aside} />}
      <Button className={styles.button ?? ""}>
        <SelectValue className={styles.value ?? ""}>
          {({ defaultChildren }) => defaultChildren}
        </SelectValue>
        <Icon of={ChevronDown} />
      </Button>
      {props.description !== undefined && <p className={field.description}>{props.description}</p>}
      <Popover className={menu.popover ?? ""} offset={4}>
        <ListBox className={menu.menu ?? ""} items={options.map((o) => ({ ...o, id: o.value }))}>
          {(option) => (
            <ListBoxItem
              className={menu.item ?? ""}
              textValue={option.label}
              isDisabled={option.isDisabled ?? false}
            >
              {({ isSelected }) => (
                <>
                  <span className={menu.mark}>{isSelected && <Icon of={Check} />}</span>
                  <span className={menu.label}>
                    {option.sign !== undefined && <span className={menu.sign}>{option.sign}</span>}
                    {option.label}
                  </span>
                  {option.note !== undefined && <span className={menu.note}>{option.note}</span>}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
