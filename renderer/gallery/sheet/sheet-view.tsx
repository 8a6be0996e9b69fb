import { type MouseEvent, useEffect, useMemo, useRef } from "react";
import type { useContextMenu } from "../../shortcuts/context-menu.tsx";
import type { Action } from "../../shortcuts/registry.ts";
import type { GalleryNames } from "../../../engine/contract/gallery.ts";
import { useChoice } from "../../state/choice.ts";
import { FreshPictures } from "./fresh-pictures.tsx";
import styles from "../gallery-page.module.css";
import { PictureGrid } from "../grid/picture-grid.tsx";
import { QuickLook } from "../viewer/quick-look.tsx";
import { SelectionBar } from "./selection-bar.tsx";
import { SheetState } from "./sheet-state.tsx";
import { StaleLine } from "./stale-line.tsx";
import { Toolbar } from "../filters/toolbar.tsx";
import { TrashStrip } from "./trash-strip.tsx";
import type { GalleryAddress } from "../use-gallery-address.ts";
import type { GalleryControl } from "../use-gallery-commands.ts";
import type { ShownNames } from "./use-names.ts";

export interface SheetViewProps {
  readonly shown: ShownNames;
  readonly address: GalleryAddress;
  readonly actions: readonly Action[];
  readonly chosen: readonly string[];
  readonly menu: ReturnType<typeof useContextMenu>;
  readonly page: GalleryControl;
  /** Whether a picture or a comparison lies over it. */
  readonly isCovered: boolean;
  readonly onAway: (isAway: boolean) => void;
}

/** The sheet of pictures with what is around it. */
export function SheetView(props: SheetViewProps) {
  const { shown, address, page } = props;
  const { query, ask } = address;
  const { column, setRemoval, searchRef } = page;
  const { names } = shown;
  const total = names?.total;
  return (
    <>
      <Toolbar query={query} onAsk={ask} total={total} column={column} searchRef={searchRef} />
      {query.isTrashed === true && (
        <TrashStrip
          isEmpty={total === 0}
          onClose={() => ask({})}
          onEmpty={() => setRemoval({ count: total ?? 0 })}
        />
      )}
      {names && shown.error && <StaleLine shown={shown} />}
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

/** What floats over the sheet: the bar of the selected pictures, and a quick look. */
function Floating({ chosen, actions, page }: SheetViewProps) {
  const { column, isLooking, endLook } = page;
  const focused = useChoice((choice) => choice.focused);
  // One picture's actions stand in the column beside it.
  const hasBar = chosen.length > 1 || (chosen.length === 1 && !column.isOpen);
  return (
    <>
      {hasBar && <SelectionBar count={chosen.length} actions={actions} />}
      {isLooking && focused !== undefined && <QuickLook id={focused} onClose={endLook} />}
    </>
  );
}

/** A menu on pictures leaves out what is about the page. */
function isAboutPictures({ id }: Action): boolean {
  return id !== "gallery.search" && id !== "gallery.details";
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
        // By then the actions are about what was just chosen.
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
