import { useCallback, useMemo, useState } from "react";
import { toggleDetails, useView } from "../state/view.ts";
import { useMediaQuery } from "../ui/use-media-query.ts";

/** The details column: beside the sheet if there is room, otherwise only on request. */
export interface DetailsColumnControl {
  readonly isOpen: boolean;
  readonly toggle: () => void;
}

export function useDetailsColumn(): DetailsColumnControl {
  const isWide = useMediaQuery("(min-width: 1200px)");
  const isWanted = useView((view) => view.isDetailsOpen);
  const [isAskedFor, setIsAskedFor] = useState(false);
  const askFor = useCallback(() => setIsAskedFor((before) => !before), []);
  const [isOpen, toggle] = isWide ? [isWanted, toggleDetails] : [isAskedFor, askFor];
  return useMemo(() => ({ isOpen, toggle }), [isOpen, toggle]);
}
