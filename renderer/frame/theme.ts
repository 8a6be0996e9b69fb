import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useStudio } from "../connection/studio.tsx";

const KEY = "darkroom.theme";

/** Applies a theme; `system` follows the operating system. */
function showTheme(theme: string): void {
  if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
  else delete document.documentElement.dataset["theme"];
}

/** Applies the last visit's theme before the studio answers, so that no page flashes in the wrong one. */
export function showLastTheme(): void {
  showTheme(localStorage.getItem(KEY) ?? "system");
}

/** Applies the theme of the settings: dark, light, or matching the system. */
export function useTheme(): void {
  const { queries } = useStudio();
  const theme = useQuery(queries.settings.get.queryOptions()).data?.theme;
  useEffect(() => {
    if (theme === undefined) return;
    localStorage.setItem(KEY, theme);
    showTheme(theme);
  }, [theme]);
}
