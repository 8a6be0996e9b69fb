import { useEffect, useMemo, useRef, useState } from "react";
import { DetailsColumn } from "../picture/details-column.tsx";
import { Details } from "../picture/details.tsx";
import { useContextMenu } from "../shortcuts/context-menu.tsx";
import { useActions } from "../shortcuts/registry.ts";
import { choose, useChoice } from "../state/choice.ts";
import { useImages } from "../state/images.ts";
import { keepLayout, useView } from "../state/view.ts";
import { Columns } from "../ui/columns.tsx";
import { useWords } from "../words/words.ts";
import { useGalleryActions } from "./actions/gallery-actions.ts";
import { RemovalDialog } from "./actions/removal.tsx";
import { Comparison } from "./comparison/comparison.tsx";
import styles from "./gallery-page.module.css";
import type { DisplayOrder } from "./grid/day-layout.ts";
import { tileOf } from "./grid/use-grid-focus.ts";
import { PictureMarks, type PictureMarksProps } from "./marks/picture-marks.tsx";
import { LabelDialog } from "./marks/label-dialog.tsx";
import { useRail } from "./rail/use-rail.tsx";
import { DropPlace } from "./sheet/drop-place.tsx";
import { SheetView } from "./sheet/sheet-view.tsx";
import { useNames } from "./sheet/use-names.ts";
import { type Compared, type GalleryAddress, useGalleryAddress } from "./use-gallery-address.ts";
import { useGalleryCommands } from "./use-gallery-commands.ts";
import { Viewer } from "./viewer/viewer.tsx";

/** Widths of the details column, pixels. */
const DETAILS = { size: 320, minSize: 280, maxSize: 520 };

/** The gallery: all pictures by day, one picture in full, or two compared, as the address says. */
export function GalleryPage() {
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
  const scene = { ids, all: shown.order.ids, isTrash, isOpen: isCovered, query };
  const actions = useGalleryActions(scene, page.commands);
  useActions(actions);
  useReturn(shown.order, address);
  const menu = useContextMenu(t("chosenLabel"));
  const layout = useView((view) => view.layouts["gallery"]);
  const isEmpty = shown.names?.total === 0 && openId === undefined;
  const hasDetails = column.isOpen && compared === undefined && !isEmpty;
  const rail = useRail({ query, onAsk: address.ask, panel: page.rail });
  const onLabel = isTrash ? undefined : page.commands.label;
  const content = <ChosenDetails ids={ids} onHide={column.toggle} onLabel={onLabel} />;
  return (
    <DropPlace>
      <h1 className={styles.heading}>{t("gallery")}</h1>
      <Columns
        name="gallery"
        layout={layout}
        onLayout={(sizes) => keepLayout("gallery", sizes)}
        start={rail.column}
        end={hasDetails ? { content, ...DETAILS } : undefined}
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
      <LabelDialog labelled={page.labelled} onClose={() => page.setLabelled(undefined)} />
      {rail.dialog}
      <RemovalDialog removal={removal} onClose={() => page.setRemoval(undefined)} />
    </DropPlace>
  );
}

/** What covers the sheet: the open picture, or a comparison. */
function Cover({ address, ids }: { address: GalleryAddress; ids: readonly string[] }) {
  const t = useWords("gallery");
  const { openId, compared, isFromGenerate, leaf, compare, close } = address;
  if (openId !== undefined) return <Viewer id={openId} ids={ids} onLeaf={leaf} onClose={close} />;
  if (compared === undefined) return null;
  const arrange = (arranged: Compared) => compare(arranged, true);
  const back = t(isFromGenerate ? "compare.backToGenerate" : "viewer.back");
  return <Comparison ids={compared} back={back} onArrange={arrange} onClose={close} />;
}

/**
 * The pictures that the page's actions apply to: the open picture, otherwise the selected ones in the sheet's order.
 */
function useChosen(order: DisplayOrder, openId: string | undefined): readonly string[] {
  const chosen = useChoice((choice) => choice.chosen);
  return useMemo(() => {
    if (openId !== undefined) return [openId];
    return chosen.size < 2 ? [...chosen] : order.ids.filter((id) => chosen.has(id));
  }, [order, chosen, openId]);
}

/**
 * Handles the return from an open picture: the sheet selects and focuses it. If the picture has gone, for example into
 * the trash, its neighbour opens instead.
 */
function useReturn(order: DisplayOrder, { openId, leaf, close }: GalleryAddress): void {
  const last = useRef<{ openId: string | undefined; place: number }>({ openId, place: -1 });
  useEffect(() => {
    const before = last.current;
    const place = openId === undefined ? -1 : (order.indexOf(openId) ?? -1);
    last.current = { openId, place };
    if (openId === undefined && before.openId !== undefined) return returnTo(before.openId);
    const isGone =
      openId !== undefined && before.openId === openId && before.place >= 0 && place < 0;
    if (!isGone) return;
    const heir = order.ids[Math.min(before.place, order.ids.length - 1)];
    if (heir === undefined) close();
    else leaf(heir);
  }, [order, openId, leaf, close]);
}

function returnTo(id: string): void {
  choose(id);
  // After the sheet has scrolled it into view.
  requestAnimationFrame(() => tileOf(document, id)?.focus({ preventScroll: true }));
}

interface ChosenDetailsProps {
  readonly ids: readonly string[];
  readonly onHide: () => void;
  /** Absent in the trash, where pictures cannot be marked. */
  readonly onLabel: PictureMarksProps["onLabel"] | undefined;
}

/** The marks of the selected or open pictures, and how a single one was made. */
function ChosenDetails({ ids, onHide, onLabel }: ChosenDetailsProps) {
  const t = useWords("gallery");
  const image = useImages((images) => (ids.length === 1 ? images[ids[0] ?? ""] : undefined));
  return (
    <DetailsColumn onHide={onHide}>
      {ids.length === 0 && <p className={styles.note}>{t("nothingChosen")}</p>}
      {ids.length > 0 && onLabel && <PictureMarks ids={ids} onLabel={onLabel} />}
      {ids.length > 1 && <p className={styles.note}>{t("chosen", { count: ids.length })}</p>}
      {image && <Details image={image} />}
    </DetailsColumn>
  );
}
