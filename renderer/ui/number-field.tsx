import { type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Input, NumberField as AriaNumberField } from "react-aria-components";
import { FieldHead } from "./field-head.tsx";
import styles from "./field.module.css";

export interface NumberFieldProps {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly minValue: number;
  readonly maxValue: number;
  readonly step?: number;
  readonly isDisabled?: boolean;
  readonly autoFocus?: boolean;
  readonly aside?: ReactNode;
}

/** Dragging distance of one step, pixels. */
const PIXELS_PER_STEP = 6;

/**
 * A number that can be typed, or changed by arrow keys, by Alt and the wheel, or by dragging its label. A new value
 * from outside does not replace what is typed or selected while the field has the focus; an emptied field gets its last
 * number back.
 */
export function NumberField(props: NumberFieldProps) {
  const { label, isLabelHidden = false, aside, value, onChange: onNumber, ...limits } = props;
  const [held, setHeld] = useState<number>();
  const onChange = (changed: number) => {
    setHeld(undefined);
    if (!Number.isNaN(changed)) onNumber(changed);
  };
  const { minValue, maxValue, step = 1 } = limits;
  const input = useRef<HTMLInputElement>(null);
  const move = (from: number, steps: number) =>
    onChange(Math.min(maxValue, Math.max(minValue, roundTo(from + steps * step, step))));
  useAltWheel(input, (steps) => move(value, steps));
  return (
    <AriaNumberField
      {...limits}
      step={step}
      value={held ?? value}
      onChange={onChange}
      isWheelDisabled
      formatOptions={{ useGrouping: false, maximumFractionDigits: 3 }}
      className={styles.field ?? ""}
      {...(isLabelHidden && { "aria-label": label })}
    >
      {!isLabelHidden && (
        <FieldHead
          label={label}
          aside={aside}
          onDragStart={(event) => followDrag(event, (steps) => move(value, steps))}
        />
      )}
      <Input
        ref={input}
        className={styles.input ?? ""}
        role="spinbutton"
        onFocus={() => setHeld(value)}
        onInput={() => setHeld(held ?? value)}
        onBlur={() => setHeld(undefined)}
        aria-valuenow={value}
        aria-valuemin={minValue}
        aria-valuemax={maxValue}
      />
    </AriaNumberField>
  );
}

/** Rounds to a step, which removes the errors of binary fractions. */
function roundTo(value: number, step: number): number {
  const digits = String(step).split(".")[1]?.length ?? 0;
  return Number(value.toFixed(digits));
}

function followDrag(event: PointerEvent<HTMLElement>, onSteps: (steps: number) => void): void {
  const { currentTarget: label, clientX: start, pointerId } = event;
  label.setPointerCapture(pointerId);
  const follow = ({ clientX }: globalThis.PointerEvent) =>
    onSteps(Math.trunc((clientX - start) / PIXELS_PER_STEP));
  label.addEventListener("pointermove", follow);
  label.addEventListener(
    "lostpointercapture",
    () => label.removeEventListener("pointermove", follow),
    { once: true },
  );
}

/** React registers wheel listeners as passive, which cannot prevent scrolling. */
function useAltWheel(
  input: { readonly current: HTMLElement | null },
  onSteps: (steps: number) => void,
): void {
  const latest = useRef(onSteps);
  useEffect(() => {
    latest.current = onSteps;
  });
  useEffect(() => {
    const element = input.current;
    const turn = (event: WheelEvent) => {
      if (!event.altKey || event.deltaY === 0) return;
      event.preventDefault();
      latest.current(event.deltaY < 0 ? 1 : -1);
    };
    element?.addEventListener("wheel", turn, { passive: false });
    return () => element?.removeEventListener("wheel", turn);
  }, [input]);
}
