import { ImagePlus, ListStart, PanelRight, PanelsLeftRight, TextCursorInput } from "lucide-react";
import { type RefObject, useMemo } from "react";
import type { Action } from "../shortcuts/registry.ts";
import { togglePanels } from "../state/view.ts";
import { useWords } from "../words/words.ts";
import type { Pressed } from "./press/use-generate.ts";

/** The actions of the Generate page. */
export function useGenerateActions(
  press: (pressed?: Pressed) => void,
  isOff: boolean,
  prompt: RefObject<HTMLTextAreaElement | null>,
  toggleDetails: () => void,
): readonly Action[] {
  const t = useWords("generate");
  return useMemo(() => {
    const group = t("actions.group");
    return [
      {
        id: "generate.press",
        label: t("actions.generate"),
        group,
        icon: ImagePlus,
        keys: "mod+enter",
        isDisabled: isOff,
        run: () => press(),
      },
      {
        id: "generate.press-first",
        label: t("actions.first"),
        group,
        icon: ListStart,
        keys: "mod+shift+enter",
        isDisabled: isOff,
        run: () => press({ isFirst: true }),
      },
      {
        id: "generate.prompt",
        label: t("actions.prompt"),
        group,
        icon: TextCursorInput,
        keys: "alt+a",
        run: () => prompt.current?.focus(),
      },
      {
        id: "generate.details",
        label: t("actions.details"),
        group,
        icon: PanelRight,
        keys: "i,g",
        run: toggleDetails,
      },
      {
        id: "generate.panels",
        label: t("actions.panels"),
        group,
        icon: PanelsLeftRight,
        keys: "f",
        run: togglePanels,
      },
    ];
  }, [t, press, isOff, prompt, toggleDetails]);
}
