import { type RefObject, useMemo, useRef, useState } from "react";
import { chooseNone } from "../state/choice.ts";
import type { GalleryCommands } from "./actions/gallery-actions.ts";
import type { Removal } from "./actions/removal.tsx";
import { useDetailsColumn } from "../picture/use-details-column.ts";
import type { Labelled } from "./marks/label-dialog.tsx";
import type { LabelKind } from "./marks/marking.ts";
import { useRailPanel } from "./rail/use-rail.tsx";
import type { Panel } from "../ui/use-panel.ts";
import type { GalleryAddress } from "./use-gallery-address.ts";

/** What is open on the page, and the commands that open and close it. */
export interface GalleryControl {
  readonly commands: GalleryCommands;
  readonly column: Panel;
  /** The rail with albums and tags. */
  readonly rail: Panel;
  /** Whether the quick look at the focused picture is open. */
  readonly isLooking: boolean;
  readonly endLook: () => void;
  /** The pictures to delete permanently, while the confirmation is open. */
  readonly removal: Removal | undefined;
  /** The pictures whose tags or albums are being edited. */
  readonly labelled: Labelled | undefined;
  readonly setLabelled: (labelled: Labelled | undefined) => void;
  readonly setRemoval: (removal: Removal | undefined) => void;
  readonly searchRef: RefObject<HTMLInputElement | null>;
}

export function useGalleryCommands(address: GalleryAddress): GalleryControl {
  const { open, compare } = address;
  const [isLooking, setIsLooking] = useState(false);
  const [removal, setRemoval] = useState<Removal>();
  const [labelled, setLabelled] = useState<Labelled>();
  const searchRef = useRef<HTMLInputElement>(null);
  const column = useDetailsColumn();
  const rail = useRailPanel();
  const { toggle } = column;
  const commands = useMemo(
    () => ({
      open: (id: string) => {
        setIsLooking(false);
        open(id);
      },
      look: () => setIsLooking((before) => !before),
      compare,
      remove: (ids: readonly string[]) => setRemoval({ ids, count: ids.length }),
      label: (kind: LabelKind, ids: readonly string[]) => setLabelled({ kind, ids }),
      toggleDetails: toggle,
      leave: () => (isLooking ? setIsLooking(false) : chooseNone()),
      search: () => searchRef.current?.focus(),
    }),
    [open, compare, toggle, isLooking],
  );
  const endLook = () => setIsLooking(false);
  return {
    commands,
    column,
    rail,
    isLooking,
    endLook,
    removal,
    setRemoval,
    labelled,
    setLabelled,
    searchRef,
  };
}
