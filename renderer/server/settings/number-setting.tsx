import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { NumberField, type NumberFieldProps } from "../../ui/number-field.tsx";
import styles from "./settings-tab.module.css";

/** A number that rests for so long is meant: arrows, wheel and dragging pass many by. */
const REST_MS = 800;

type NumberSettingProps = Pick<
  NumberFieldProps,
  "label" | "value" | "onChange" | "minValue" | "maxValue"
>;

/** A number that is saved when a person is done with it: it rests, Enter is pressed, or the field is left. */
export function NumberSetting({ value, onChange, ...rest }: NumberSettingProps) {
  const [shown, setShown] = useState(value);
  const pending = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wanted = useRef(value);
  useEffect(() => {
    wanted.current = value;
    setShown(value);
  }, [value]);
  const save = () => {
    clearTimeout(pending.current);
    if (wanted.current !== value) onChange(wanted.current);
  };
  const change = (next: number) => {
    wanted.current = next;
    setShown(next);
    clearTimeout(pending.current);
    pending.current = setTimeout(save, REST_MS);
  };
  const saveByEnter = ({ key }: KeyboardEvent) => key === "Enter" && save();
  return (
    <div className={styles.number} onBlur={save} onKeyUp={saveByEnter}>
      <NumberField {...rest} value={shown} onChange={change} />
    </div>
  );
}
