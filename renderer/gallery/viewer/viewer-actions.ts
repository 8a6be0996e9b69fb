import { ArrowLeft, ChevronLeft, ChevronRight } from "lucide-react";
import { useMemo } from "react";
import type { ZoomControl } from "../../picture/use-zoom.ts";
import { zoomActions } from "../../picture/zoom-actions.ts";
import { disabledIf, useActions } from "../../shortcuts/registry.ts";
import { useWords } from "../../words/words.ts";

export interface ViewerCommands {
  readonly zoom: ZoomControl;
  readonly previous: string | undefined;
  readonly next: string | undefined;
  readonly onLeaf: (id: string) => void;
  readonly onClose: () => void;
}

/** The keys of the open picture. */
export function useViewerActions({ zoom, previous, next, onLeaf, onClose }: ViewerCommands): void {
  const t = useWords("gallery");
  useActions(
    useMemo(() => {
      const group = t("viewer.group");
      const leafing = (id: string | undefined, reason: string) => ({
        group,
        ...disabledIf(id === undefined && reason),
        run: () => id !== undefined && onLeaf(id),
      });
      return [
        {
          id: "viewer.previous",
          label: t("viewer.previous"),
          icon: ChevronLeft,
          keys: "left",
          ...leafing(previous, t("viewer.first")),
        },
        {
          id: "viewer.next",
          label: t("viewer.next"),
          icon: ChevronRight,
          keys: "right",
          ...leafing(next, t("viewer.last")),
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
