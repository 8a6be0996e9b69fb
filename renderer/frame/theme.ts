import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useStudio } from "../connection/studio.tsx";

const KEY = "darkroom.theme";

/** Shows a theme from now on; `system` is whatever the system has. */
function showTheme(theme: string): void {
  if (theme === "dark" || theme === "light") document.documentElement.dataset["theme"] = theme;
  else delete document.documentElement.dataset["theme"];
}

/** The theme of the last visit, before the studio has answered: no page flashes in the wrong one. */
export function showLastTheme(): void {
  showTheme(localStorage.getItem(KEY) ?? "system");
}

/** Dark, light, or matching the system. */
export function useTheme(): void {
  const { queries } = useStudio();
  const theme = useQuery(queries.settings.get.queryOptions()).data?.theme;
  useEffect(() => {
    if (theme === undefined) return;
    localStorage.setItem(KEY, theme);
    showTheme(theme);
  }, [theme]);
}
