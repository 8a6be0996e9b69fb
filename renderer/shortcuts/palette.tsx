import { CommandPalette } from "../ui/command-palette.tsx";
import { useWords } from "../words/words.ts";
import { menuEntries } from "./menu-entries.ts";
import { useRegisteredActions } from "./registry.ts";

/** Ctrl+K: every registered action by its words. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const t = useWords("shortcuts");
  const actions = useRegisteredActions().filter((action) => action.isHidden !== true);
  return (
    <CommandPalette
      label={t("palette")}
      placeholder={t("palettePlaceholder")}
      entries={menuEntries(actions)}
      isOpen={isOpen}
      onClose={onClose}
    />
  );
}
