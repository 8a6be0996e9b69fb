import { toggleDetails, useView } from "../state/view.ts";
import { type Panel, usePanel } from "../ui/use-panel.ts";

/** The details column: beside the sheet if there is room, otherwise only on request. */
export function useDetailsColumn(): Panel {
  return usePanel(
    "(min-width: 1200px)",
    useView((view) => view.isDetailsOpen),
    toggleDetails,
  );
}
