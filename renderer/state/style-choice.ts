import type { Style } from "../../engine/contract/styles.ts";
import { changeForm, type FormFields, useForm } from "./form.ts";

/** Adds a style to the end of the chosen ones; its settings are applied to the form, where they are visible. */
export function chooseStyle({ name, settings }: Style): void {
  const { styles } = useForm.getState();
  if (styles.includes(name)) return;
  changeForm({ ...fieldsOf(settings), styles: [...styles, name] });
}

/** A style's settings as fields of the form. */
function fieldsOf({ preset: _preset, precision, ...settings }: Style["settings"]): FormFields {
  if (Object.keys(settings).length === 0 && precision === undefined) return {};
  return {
    ...settings,
    ...(precision !== undefined && { precision: precision === "int8" ? precision : undefined }),
    isPresetChosen: true,
  };
}

export function dropStyle(name: string): void {
  const { styles } = useForm.getState();
  changeForm({ styles: styles.filter((one) => one !== name) });
}
