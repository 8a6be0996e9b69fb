import { useState } from "react";
import { useContextMenu } from "../shortcuts/context-menu.tsx";
import { useActions } from "../shortcuts/registry.ts";
import { useKeptForm } from "../state/form-keeping.ts";
import { keepLayout, useView } from "../state/view.ts";
import { Columns } from "../ui/columns.tsx";
import { useWords } from "../words/words.ts";
import { Comparison } from "./comparison/comparison.tsx";
import { ChosenDetails } from "./chosen-details.tsx";
import { DropPlace } from "./sheet/drop-place.tsx";
import { useGalleryActions } from "./actions/gallery-actions.ts";
import styles from "./gallery-page.module.css";
import { RemovalDialog } from "./actions/removal.tsx";
import { SheetView } from "./sheet/sheet-view.tsx";
import { useChosen } from "./grid/use-chosen.ts";
import { type GalleryAddress, useGalleryAddress } from "./use-gallery-address.ts";
import { useGalleryCommands } from "./use-gallery-commands.ts";
import { useNames } from "./sheet/use-names.ts";
import { useReturn } from "./use-return.ts";
import { Viewer } from "./viewer/viewer.tsx";

/** The gallery: every picture by days, one picture in full, two beside each other; by its address. */
export function GalleryPage() {
  useKeptForm();
  const t = useWords("gallery");
  const address = useGalleryAddress();
  const { query, openId, compared } = address;
  const [isAway, setIsAway] = useState(false);
  const shown = useNames(query, isAway);
  const ids = useChosen(shown.order, openId);
  const page = useGalleryCommands(address);
  const { column, removal } = page;
  const isCovered = openId !== undefined || compared !== undefined;
  const isTrash = query.isTrashed === true;
  const scene = { ids, all: shown.order.ids, isTrash, isOpen: isCovered };
  const actions = useGalleryActions(scene, page.commands);
  useActions(actions);
  useReturn(shown.order, address);
  const menu = useContextMenu(t("chosenLabel"));
  const layout = useView((view) => view.layouts["gallery"]);
  const isEmpty = shown.names?.total === 0 && openId === undefined;
  const hasDetails = column.isOpen && compared === undefined && !isEmpty;
  const details = {
    content: <ChosenDetails ids={ids} onHide={column.toggle} />,
    size: 320,
    minSize: 280,
    maxSize: 520,
  };
  return (
    <DropPlace>
      <h1 className={styles.heading}>{t("gallery")}</h1>
      <Columns
        name="gallery"
        layout={layout}
        onLayout={(sizes) => keepLayout("gallery", sizes)}
        end={hasDetails ? details : undefined}
      >
        <div className={styles.stack}>
          <div className={styles.layer} inert={isCovered} data-covered={isCovered || undefined}>
            <SheetView
              shown={shown}
              address={address}
              actions={actions}
              chosen={ids}
              menu={menu}
              page={page}
              isCovered={isCovered}
              onAway={setIsAway}
            />
          </div>
          <Cover address={address} ids={shown.order.ids} />
        </div>
      </Columns>
      {menu.menu}
      <RemovalDialog removal={removal} onClose={() => page.setRemoval(undefined)} />
    </DropPlace>
  );
}

/** What lies over the sheet: the open picture, or a comparison. */
function Cover({ address, ids }: { address: GalleryAddress; ids: readonly string[] }) {
  const { openId, compared, leaf, compare, close } = address;
  if (openId !== undefined) return <Viewer id={openId} ids={ids} onLeaf={leaf} onClose={close} />;
  if (compared === undefined) return null;
  const swap = () => compare([compared[1], compared[0]], true);
  return <Comparison ids={compared} onSwap={swap} onClose={close} />;
}
