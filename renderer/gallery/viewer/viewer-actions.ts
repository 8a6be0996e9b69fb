import {
  ArrowLeft,
  ChevronLeft,
  ChevronRight,
  Maximize,
  Scan,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { useMemo } from "react";
import type { ZoomControl } from "../../picture/use-zoom.ts";
import { type Action, useActions } from "../../shortcuts/registry.ts";
import { useWords } from "../../words/words.ts";

/** How much closer one press brings. */
export const ZOOM_STEP = Math.SQRT2;

export interface ViewerCommands {
  readonly zoom: ZoomControl;
  readonly previous: string | undefined;
  readonly next: string | undefined;
  readonly onLeaf: (id: string) => void;
  readonly onClose: () => void;
}

/** The open picture's own keys. */
export function useViewerActions({ zoom, previous, next, onLeaf, onClose }: ViewerCommands): void {
  const t = useWords("gallery");
  useActions(
    useMemo(() => {
      const group = t("viewer.group");
      const leafing = (id: string | undefined) => ({
        group,
        isDisabled: id === undefined,
        run: () => id !== undefined && onLeaf(id),
      });
      return [
        {
          id: "viewer.previous",
          label: t("viewer.previous"),
          icon: ChevronLeft,
          keys: "left",
          ...leafing(previous),
        },
        {
          id: "viewer.next",
          label: t("viewer.next"),
          icon: ChevronRight,
          keys: "right",
          ...leafing(next),
        },
        ...zoomActions(zoom, t),
        {
          id: "viewer.close",
          label: t("viewer.back"),
          group,
          icon: ArrowLeft,
          keys: "escape",
          run: onClose,
        },
      ];
    }, [zoom, previous, next, onLeaf, onClose, t]),
  );
}

function zoomActions(zoom: ZoomControl, t: ReturnType<typeof useWords<"gallery">>): Action[] {
  const actions: readonly Omit<Action, "group">[] = [
    { id: "viewer.fit", label: t("viewer.fit"), icon: Maximize, keys: "0", run: zoom.fit },
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
