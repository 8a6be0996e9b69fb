import {
  ImagePlus,
  Images,
  ListStart,
  PanelRight,
  PanelsLeftRight,
  TextCursorInput,
} from "lucide-react";
import { type RefObject, useMemo } from "react";
import type { Action } from "../shortcuts/registry.ts";
import { togglePanels } from "../state/view.ts";
import { useWords } from "../words/words.ts";
import type { Pressed } from "./press/use-generate.ts";

/** The actions of the Generate page. */
export function useGenerateActions(
  press: (pressed?: Pressed) => void,
  isOff: boolean,
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
  }, [t, press, isOff, toggleDetails]);
}

/** The places of the Generate page that the keyboard moves to. */
export interface Places {
  readonly prompt: RefObject<HTMLTextAreaElement | null>;
  /** The element that contains the sheet and the strip. */
  readonly pictures: RefObject<HTMLElement | null>;
}

/** The actions that move the focus. */
export function useFocusActions({ prompt, pictures }: Places): readonly Action[] {
  const t = useWords("generate");
  return useMemo(() => {
    const group = t("actions.group");
    return [
      {
        id: "generate.prompt",
        label: t("actions.prompt"),
        group,
        icon: TextCursorInput,
        keys: "alt+a",
        run: () => prompt.current?.focus(),
      },
      {
        id: "generate.pictures",
        label: t("actions.pictures"),
        group,
        icon: Images,
        keys: "alt+s",
        run: () => pictureIn(pictures.current)?.focus(),
      },
    ];
  }, [t, prompt, pictures]);
}

/** The selected picture of the sheet or of the strip, or the first one. */
function pictureIn(place: HTMLElement | null): HTMLElement | null | undefined {
  const selected = place?.querySelector<HTMLElement>('[role="option"][aria-selected="true"]');
  return selected ?? place?.querySelector<HTMLElement>('[role="option"]');
}
