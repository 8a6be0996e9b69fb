import { useQuery } from "@tanstack/react-query";
import { Box, Contrast } from "lucide-react";
import { useMemo } from "react";
import { useStudio } from "../connection/studio.tsx";
import type { Action } from "../shortcuts/registry.ts";
import { changeSettings } from "../state/settings.ts";
import { attempt } from "../ui/toasts.ts";
import { useWords } from "../words/words.ts";

const THEMES = ["system", "dark", "light"] as const;

/** What the palette finds besides what a page offers: themes, and models by their names. */
export function useFoundActions(): readonly Action[] {
  const t = useWords("frame");
  const settings = useWords("settings");
  const studio = useStudio();
  const models = useQuery(studio.queries.models.list.queryOptions()).data;
  return useMemo(() => {
    const themes = THEMES.map((theme) => ({
      id: `theme.${theme}`,
      label: t("chooseTheme", { theme: settings(`appearance.${theme}`) }),
      group: settings("appearance.theme"),
      icon: Contrast,
      keywords: ["mode", "colour", "color", "appearance"],
      run: () => attempt(changeSettings(studio, { theme })),
    }));
    const usable = (models ?? []).filter(({ problem }) => problem === undefined);
    const drawing = usable.map(({ id, summary }) => ({
      id: `model.${id}`,
      label: t("chooseModel", { model: summary?.name ?? id }),
      group: t("models"),
      icon: Box,
      keywords: ["checkpoint", "switch", "load", "ckpt"],
      run: () => attempt(changeSettings(studio, { model: id })),
    }));
    return [...themes, ...drawing];
  }, [t, settings, studio, models]);
}
