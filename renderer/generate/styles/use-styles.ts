import { useQuery } from "@tanstack/react-query";
import type { Style } from "../../../engine/contract/styles.ts";
import { type Studio, useStudio } from "../../connection/studio.tsx";
import { changeForm, useForm } from "../../state/form.ts";
import { dropStyle } from "../../state/style-choice.ts";
import { showUndo } from "../../ui/toasts.ts";

const NONE: readonly Style[] = [];

/** All saved styles, by name. */
export function useStyles(): readonly Style[] {
  const { queries } = useStudio();
  return useQuery(queries.styles.list.queryOptions()).data ?? NONE;
}

/** The styles whose name or prompts contain every word, in any order and case. */
export function stylesWith(search: string, styles: readonly Style[]): readonly Style[] {
  const words = search.toLowerCase().split(/\s+/);
  return styles.filter(({ name, prompt }) => {
    const text = `${name} ${prompt}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Deletes a style and removes it from the chosen ones; this can be undone. */
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
