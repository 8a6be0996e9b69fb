import { Maximize, Scan, ZoomIn, ZoomOut } from "lucide-react";
import type { Action } from "../shortcuts/registry.ts";
import type { useWords } from "../words/words.ts";
import type { ZoomControl } from "./use-zoom.ts";

/** Zoom factor of one press. */
export const ZOOM_STEP = Math.SQRT2;

/** The zoom keys of a picture, the same on every page. */
export function zoomActions(
  zoom: ZoomControl,
  t: ReturnType<typeof useWords<"gallery">>,
): readonly Action[] {
  const actions: readonly Omit<Action, "group">[] = [
    { id: "viewer.fit", label: t("viewer.fit"), icon: Maximize, keys: "shift+z", run: zoom.fit },
    { id: "viewer.full", label: t("viewer.full"), icon: Scan, keys: "z", run: () => zoom.full() },
    {
      id: "viewer.in",
      label: t("viewer.zoomIn"),
      icon: ZoomIn,
      keys: "=",
      run: () => zoom.by(ZOOM_STEP),
    },
    {
      id: "viewer.out",
      label: t("viewer.zoomOut"),
      icon: ZoomOut,
      keys: "-",
      run: () => zoom.by(1 / ZOOM_STEP),
    },
  ];
  return actions.map((action) => ({ ...action, group: t("viewer.group") }));
}
