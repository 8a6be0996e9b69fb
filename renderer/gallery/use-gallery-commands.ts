import { type RefObject, useMemo, useRef, useState } from "react";
import { chooseNone } from "../state/choice.ts";
import type { GalleryCommands } from "./actions/gallery-actions.ts";
import type { Removal } from "./actions/removal.tsx";
import { type DetailsColumnControl, useDetailsColumn } from "../picture/use-details-column.ts";
import type { Labelled } from "./marks/label-dialog.tsx";
import type { LabelKind } from "./marks/mark-actions.ts";
import type { GalleryAddress } from "./use-gallery-address.ts";

/** What of the page opens and closes, and the commands that do it. */
export interface GalleryControl {
  readonly commands: GalleryCommands;
  readonly column: DetailsColumnControl;
  /** Whether the picture with the focus is looked at quickly. */
  readonly isLooking: boolean;
  readonly endLook: () => void;
  /** What is asked about before it is deleted for good. */
  readonly removal: Removal | undefined;
  /** Pictures whose tags or albums are being chosen. */
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
    isLooking,
    endLook,
    removal,
    setRemoval,
    labelled,
    setLabelled,
    searchRef,
  };
}
