import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useStudio } from "../connection/studio.tsx";

/** Dark, light, or as the system has it. */
export function useTheme(): void {
  const { queries } = useStudio();
  const theme = useQuery(queries.settings.get.queryOptions()).data?.theme;
  useEffect(() => {
    if (theme === undefined) return;
    if (theme === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = theme;
  }, [theme]);
}
