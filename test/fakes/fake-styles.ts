import type { Style } from "../../engine/contract/styles.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

/** Saved styles of the fake studio; it calls `tell` when they have changed. */
export function styleCommands(tell: () => void): StudioClient["styles"] {
  let styles: readonly Style[] = [
    {
      name: "Pencil",
      prompt: "pencil drawing of {prompt}",
      negativePrompt: "colour",
      settings: {},
    },
    {
      name: "Quick look",
      prompt: "",
      negativePrompt: "",
      settings: { steps: 10, scheduler: "unipc" },
    },
  ];
  const change = (changed: readonly Style[]): void => {
    styles = changed.toSorted((a, b) => a.name.localeCompare(b.name));
    tell();
  };
  return {
    list: async () => [...styles],
    save: async ({ styles: saved, replaces }) => {
      const gone = new Set([replaces, ...saved.map(({ name }) => name)]);
      change([...styles.filter(({ name }) => !gone.has(name)), ...saved]);
    },
    remove: async ({ names }) => change(styles.filter(({ name }) => !names.includes(name))),
    import: async () => ({ added: [], known: styles.length, renamed: 0, skipped: 0 }),
    export: async () => ({ text: JSON.stringify({ format: 1, styles }) }),
  };
}
