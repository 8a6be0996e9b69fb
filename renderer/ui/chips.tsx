import type { FocusEvent, ReactNode } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import { classNames } from "./class-names.ts";
import styles from "./chips.module.css";
import { Tooltip } from "./tooltip.tsx";

export interface Chip<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  /** The accessible name, if the label is not plain text. */
  readonly name?: string;
  readonly isDisabled?: boolean;
  /** Shown as a tooltip. */
  readonly hint?: string;
}

export interface ChipsProps<Value extends string> {
  readonly label: string;
  readonly chips: readonly Chip<Value>[];
  /** Undefined means that none is selected. */
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  /** Equally wide and joined, as one control. */
  readonly isSegmented?: boolean;
  /** For labels with two lines. */
  readonly isTall?: boolean;
}

/** A choice of a few values, all visible. */
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
        {chips.map(({ value: id, label: text, name, hint, isDisabled = false }) => {
          const chip = (
            <ToggleButton
              key={id}
              id={id}
              className={classNames(styles.chip, isTall && styles.tall)}
              isDisabled={isDisabled}
              {...(name !== undefined && { "aria-label": name })}
            >
              {text}
            </ToggleButton>
          );
          return hint === undefined ? (
            chip
          ) : (
            <Tooltip key={id} text={hint}>
              {chip}
            </Tooltip>
          );
        })}
      </ToggleButtonGroup>
    </div>
  );
}

/** Tab focuses the selected chip, from either side; arrow keys move on from there. */
function enterAtChosen({ currentTarget, relatedTarget, target }: FocusEvent<HTMLElement>): void {
  const isFromOutside = !(relatedTarget instanceof Node && currentTarget.contains(relatedTarget));
  if (!isFromOutside || !target.matches(":focus-visible")) return;
  currentTarget.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
}
