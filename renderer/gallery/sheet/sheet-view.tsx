import { ArrowLeft, ArrowUp, Trash2, X } from "lucide-react";
import { type MouseEvent, useEffect, useMemo, useRef } from "react";
import type { GalleryNames } from "../../../engine/contract/gallery.ts";
import { ActionButton } from "../../shortcuts/action-button.tsx";
import type { useContextMenu } from "../../shortcuts/context-menu.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import { chooseNone, useChoice } from "../../state/choice.ts";
import { Button } from "../../ui/button.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { StaleLine } from "../../ui/stale-line.tsx";
import { useWords } from "../../words/words.ts";
import { Toolbar } from "../filters/toolbar.tsx";
import styles from "../gallery-page.module.css";
import { PictureGrid } from "../grid/picture-grid.tsx";
import type { GalleryAddress } from "../use-gallery-address.ts";
import type { GalleryControl } from "../use-gallery-commands.ts";
import { QuickLook } from "../viewer/viewer.tsx";
import { ImportStrip } from "./import-strip.tsx";
import { SheetState } from "./sheet-state.tsx";
import type { ShownNames } from "./use-names.ts";

export interface SheetViewProps {
  readonly shown: ShownNames;
  readonly address: GalleryAddress;
  readonly actions: readonly Action[];
  readonly chosen: readonly string[];
  readonly menu: ReturnType<typeof useContextMenu>;
  readonly page: GalleryControl;
  /** Whether a picture or a comparison covers it. */
  readonly isCovered: boolean;
  readonly onAway: (isAway: boolean) => void;
}

/** The sheet of pictures with the elements around it. */
export function SheetView(props: SheetViewProps) {
  const { shown, address, page } = props;
  const { query, ask } = address;
  const { column, rail, setRemoval, searchRef } = page;
  const { names } = shown;
  const total = names?.total;
  return (
    <>
      <Toolbar
        query={query}
        onAsk={ask}
        total={total}
        rail={rail}
        column={column}
        searchRef={searchRef}
      />
      {query.isTrashed === true && (
        <TrashStrip
          isEmpty={total === 0}
          onClose={() => ask({})}
          onEmpty={() => setRemoval({ count: total ?? 0 })}
        />
      )}
      <ImportStrip />
      {names && shown.error && (
        <StaleLine error={shown.error} readAt={shown.readAt} onRetry={shown.retry} />
      )}
      <div className={styles.sheet}>
        {names && names.total > 0 ? (
          <Pictures {...props} names={names} />
        ) : (
          <SheetState shown={shown} query={query} onAsk={ask} />
        )}
        {!props.isCovered && <Floating {...props} />}
      </div>
    </>
  );
}

/** What floats over the sheet: the selection bar, and the quick look. */
function Floating({ chosen, actions, page }: SheetViewProps) {
  const { column, isLooking, endLook } = page;
  const focused = useChoice((choice) => choice.focused);
  // The details column beside the sheet already has the actions for one picture.
  const hasBar = chosen.length > 1 || (chosen.length === 1 && !column.isOpen);
  return (
    <>
      {hasBar && <SelectionBar count={chosen.length} actions={actions} />}
      {isLooking && focused !== undefined && <QuickLook id={focused} onClose={endLook} />}
    </>
  );
}

/** The context menu of pictures omits actions for the page, and ratings, which have keys and a place of their own. */
function isAboutPictures({ id }: Action): boolean {
  const isRating = id.startsWith("gallery.rate-");
  const isOfPage = id === "gallery.search" || id === "gallery.details";
  return !isOfPage && !isRating && !id.startsWith("gallery.import");
}

function Pictures({
  names,
  shown,
  address,
  actions,
  menu,
  onAway,
}: SheetViewProps & { names: GalleryNames }) {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  }, [actions]);
  const { open } = address;
  const gestures = useMemo(
    () => ({
      onOpen: open,
      onMenu: (event: MouseEvent) => {
        event.preventDefault();
        const { clientX, clientY, target, currentTarget } = event;
        const at = {
          clientX,
          clientY,
          currentTarget: target instanceof Element ? target : currentTarget,
        };
        // By then the actions apply to the new selection.
        setTimeout(() => menu.open(at, latest.current.filter(isAboutPictures)));
      },
    }),
    [open, menu.open],
  );
  return (
    <>
      <PictureGrid
        key={shown.question}
        names={names}
        order={shown.order}
        gestures={gestures}
        onAway={onAway}
      />
      {shown.held > 0 && <FreshPictures count={shown.held} />}
    </>
  );
}

function goUp(): void {
  document.querySelector('[role="grid"]')?.scrollTo({ top: 0 });
}

/** Says that new pictures were added above the view, and leads to them. */
function FreshPictures({ count }: { count: number }) {
  const t = useWords("gallery");
  return (
    <div className={styles.fresh} role="status">
      <Button icon={ArrowUp} onPress={goUp}>
        {t("fresh", { count })}
      </Button>
    </div>
  );
}

/** The actions on the bar. */
const SHOWN = new Set([
  "gallery.compare",
  "picture.star",
  "gallery.tags",
  "gallery.albums",
  "gallery.take",
  "picture.copy",
  "picture.reveal",
  "gallery.export",
  "picture.restore",
  "picture.trash",
  "gallery.delete",
]);

/** The actions for the selected pictures, at the bottom of the sheet. */
function SelectionBar({ count, actions }: { count: number; actions: readonly Action[] }) {
  const t = useWords("gallery");
  return (
    <div role="toolbar" aria-label={t("chosenLabel")} className={styles.bar}>
      <span className={styles.count} aria-live="polite">
        {t("chosen", { count })}
      </span>
      {actions
        .filter(({ id }) => SHOWN.has(id))
        .map((action) => (
          <ActionButton key={action.id} action={action} />
        ))}
      <span className={styles.end}>
        <IconButton icon={X} label={t("actions.none")} keys="escape" onPress={chooseNone} />
      </span>
    </div>
  );
}

interface TrashStripProps {
  readonly isEmpty: boolean;
  readonly onClose: () => void;
  readonly onEmpty: () => void;
}

/** Says that this is the trash, and offers to empty it. */
function TrashStrip({ isEmpty, onClose, onEmpty }: TrashStripProps) {
  const t = useWords("gallery");
  return (
    <section className={styles.strip} aria-label={t("trash.title")}>
      <h2>{t("trash.title")}</h2>
      <p className={styles.trashNote}>{t("trash.note")}</p>
      <Button variant="plain" icon={ArrowLeft} onPress={onClose}>
        {t("trash.close")}
      </Button>
      <Button variant="danger" icon={Trash2} isDisabled={isEmpty} onPress={onEmpty}>
        {t("trash.empty")}
      </Button>
    </section>
  );
}
