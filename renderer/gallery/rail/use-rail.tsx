import { PanelLeft } from "lucide-react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { useView } from "../../state/view.ts";
import type { SideColumn } from "../../ui/columns.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { useMediaQuery } from "../../ui/use-media-query.ts";
import { useWords } from "../../words/words.ts";
import { GalleryRail } from "./gallery-rail.tsx";

function toggleRail(): void {
  useView.setState(({ isRailOpen }) => ({ isRailOpen: !isRailOpen }));
}

/** Shows and hides the rail. */
export function RailButton() {
  const t = useWords("gallery");
  const isOpen = useView((view) => view.isRailOpen);
  return (
    <IconButton icon={PanelLeft} label={t("rail.show")} isChosen={isOpen} onPress={toggleRail} />
  );
}

/** The rail: beside the sheet if there is room, otherwise over it. */
export function useRail(query: GalleryQuery, onAsk: (query: GalleryQuery) => void) {
  const t = useWords("gallery");
  const isOpen = useView((view) => view.isRailOpen);
  const isWide = useMediaQuery("(min-width: 900px)");
  const content = <GalleryRail query={query} onAsk={onAsk} />;
  const column: SideColumn = { content, size: 220, minSize: 180, maxSize: 360 };
  return {
    column: isOpen && isWide ? column : undefined,
    dialog: (
      <Dialog title={t("rail.label")} isOpen={isOpen && !isWide} onClose={toggleRail}>
        {content}
      </Dialog>
    ),
  };
}
