import { Keyboard, ListOrdered, Search } from "lucide-react";
import { useMemo } from "react";
import { useLocation } from "wouter";
import type { Action } from "../shortcuts/registry.ts";
import { useWords } from "../words/words.ts";
import { PAGES } from "./rail.tsx";

/** What lies over the page. */
export type Shown = "palette" | "sheet" | "queue" | undefined;

/** What can be done everywhere: go to a page, find a command, look at the keys and the queue. */
export function useFrameActions(show: (shown: Shown) => void): readonly Action[] {
  const t = useWords("frame");
  const [, navigate] = useLocation();
  return useMemo(() => {
    const group = t("studio");
    const pages = PAGES.map(({ id, icon }, index) => ({
      id: `frame.${id}`,
      label: t("openPage", { page: t(id) }),
      group,
      icon,
      keys: String(index + 1),
      run: () => navigate(`/${id}`),
    }));
    const overlays = [
      { id: "palette", label: t("openPalette"), icon: Search, keys: "mod+k" },
      { id: "sheet", label: t("openSheet"), icon: Keyboard, keys: "shift+?" },
      { id: "queue", label: t("openQueue"), icon: ListOrdered, keys: "q" },
    ] as const;
    return [
      ...pages,
      ...overlays.map((overlay) => ({
        ...overlay,
        id: `frame.${overlay.id}`,
        group,
        run: () => show(overlay.id),
      })),
    ];
  }, [t, navigate, show]);
}
