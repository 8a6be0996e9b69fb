import { PanelLeft } from "lucide-react";
import { useState } from "react";
import type { GalleryQuery } from "../../../engine/contract/gallery.ts";
import { writeTerm } from "../../../engine/contract/gallery-search.ts";
import { useView } from "../../state/view.ts";
import type { SideColumn } from "../../ui/columns.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { type Panel, usePanel } from "../../ui/use-panel.ts";
import { useWords } from "../../words/words.ts";
import { AlbumNameDialog, type Naming } from "./album-name-dialog.tsx";
import { GalleryRail } from "./gallery-rail.tsx";
import { useTerms } from "./use-terms.ts";

function toggleRail(): void {
  useView.setState(({ isRailOpen }) => ({ isRailOpen: !isRailOpen }));
}

/** Whether the rail is open; a narrow window opens it only on request. */
export function useRailPanel(): Panel {
  return usePanel(
    "(min-width: 960px)",
    useView((view) => view.isRailOpen),
    toggleRail,
  );
}

/** Shows and hides the rail. */
export function RailButton({ panel: { isOpen, toggle } }: { panel: Panel }) {
  const t = useWords("gallery");
  return <IconButton icon={PanelLeft} label={t("rail.show")} isChosen={isOpen} onPress={toggle} />;
}

export interface RailProps {
  readonly query: GalleryQuery;
  readonly onAsk: (query: GalleryQuery) => void;
  readonly panel: Panel;
}

/**
 * The rail: beside the sheet if there is room, otherwise over it. The dialog for an album's name is outside of it, so
 * that what is typed there stays when the width of the window changes that.
 */
export function useRail({ query, onAsk, panel: { isOpen, isBeside, toggle } }: RailProps) {
  const t = useWords("gallery");
  const search = useTerms(query, onAsk);
  const [naming, setNaming] = useState<Naming>();
  const content = <GalleryRail search={search} onName={setNaming} />;
  const column: SideColumn = { content, size: 220, minSize: 180, maxSize: 360 };
  return {
    column: isOpen && isBeside ? column : undefined,
    dialog: (
      <>
        <Dialog
          title={t("rail.label")}
          isOpen={isOpen && !isBeside && naming === undefined}
          onClose={toggle}
        >
          {content}
        </Dialog>
        <AlbumNameDialog
          naming={naming}
          onClose={() => setNaming(undefined)}
          onRenamed={(from, to) =>
            search.has("album", from) && search.put("album", writeTerm("album", to))
          }
        />
      </>
    ),
  };
}
