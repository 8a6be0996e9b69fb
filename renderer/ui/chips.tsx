import type { FocusEvent, ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./chips.module.css";

export interface Chip<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** Where the label is not plain words. */
  readonly name?: string;
  readonly isDisabled?: boolean;
}

export interface ChipsProps<Value extends string> {
  readonly label: string;
  readonly chips: readonly Chip<Value>[];
  /** Undefined: none of them. */
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  /** All of one width, as one control. */
  readonly isSegmented?: boolean;
  /** For labels of two lines. */
  readonly isTall?: boolean;
}

/** One of a few, all in view. */
export function Chips<Value extends string>(props: ChipsProps<Value>) {
  const { label, chips, value, onChange, isSegmented = false, isTall = false } = props;
  return (
    <div onFocus={enterAtChosen}>
      <ToggleButtonGroup
        aria-label={label}
        className={(isSegmented ? styles.segments : styles.chips) ?? ""}
        selectionMode="single"
        disallowEmptySelection={value !== undefined}
        selectedKeys={value === undefined ? [] : [value]}
        onSelectionChange={(keys) => {
          const chosen = chips.find((chip) => keys.has(chip.value));
          if (chosen) onChange(chosen.value);
        }}
      >
        {chips.map((chip) => (
          <ToggleButton
            key={chip.value}
            id={chip.value}
            className={classNames(styles.chip, isTall && styles.tall)}
            isDisabled={chip.isDisabled ?? false}
            {...(chip.name !== undefined && { "aria-label": chip.name })}
          >
            {chip.label}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
    </div>
  );
}

/** Tab comes in at the chosen one, from either side; arrows go on from there. */
function enterAtChosen({ currentTarget, relatedTarget, target }: FocusEvent<HTMLElement>): void {
  const isFromOutside = !(relatedTarget instanceof Node && currentTarget.contains(relatedTarget));
  if (!isFromOutside || !target.matches(":focus-visible")) return;
  currentTarget.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
}
