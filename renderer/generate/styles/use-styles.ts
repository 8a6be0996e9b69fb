import { useQuery } from "@tanstack/react-query";
import type { Style } from "../../../engine/contract/styles.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { changeForm, type FormFields, useForm } from "../../state/form.ts";
import { showUndo } from "../../ui/toasts.ts";

const NONE: readonly Style[] = [];

/** Every saved style, by name. */
export function useStyles(): readonly Style[] {
  const { queries } = useStudio();
  return useQuery(queries.styles.list.queryOptions()).data ?? NONE;
}

/** Those of which name or words hold every word, in any order and case. */
export function stylesWith(search: string, styles: readonly Style[]): readonly Style[] {
  const words = search.toLowerCase().split(/\s+/);
  return styles.filter(({ name, prompt }) => {
    const text = `${name} ${prompt}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Puts a style last among the chosen ones; what it sets goes into the form, where it is seen. */
export function chooseStyle({ name, settings }: Style): void {
  const { styles } = useForm.getState();
  if (styles.includes(name)) return;
  changeForm({ ...fieldsOf(settings), styles: [...styles, name] });
}

/** What a style sets, as fields of the form. */
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

/** Deletes a style, which can be taken back; it is no longer chosen then. */
export async function deleteStyle(
  { client }: Studio,
  style: Style,
  words: { readonly told: string; readonly undo: string },
): Promise<void> {
  const { styles: before } = useForm.getState();
  dropStyle(style.name);
  await client.styles.remove({ names: [style.name] });
  const restore = async () => {
    await client.styles.save({ styles: [style] });
    changeForm({ styles: before });
  };
  showUndo(words.told, { label: words.undo, run: () => void restore() });
}
