import { useCallback, useMemo, useState } from "react";
import { useMediaQuery } from "./use-media-query.ts";

/** A panel at the side of a page. */
export interface Panel {
  readonly isOpen: boolean;
  /** Whether there is room for it beside the page. */
  readonly isBeside: boolean;
  readonly toggle: () => void;
}

/**
 * A panel that opens as it is remembered where there is room beside the page, for which `room` is the media query;
 * elsewhere it covers the page, so that it opens only on request.
 */
export function usePanel(room: string, isRemembered: boolean, toggleRemembered: () => void): Panel {
  const isBeside = useMediaQuery(room);
  const [isAskedFor, setIsAskedFor] = useState(false);
  const askFor = useCallback(() => setIsAskedFor((before) => !before), []);
  const [isOpen, toggle] = isBeside ? [isRemembered, toggleRemembered] : [isAskedFor, askFor];
  return useMemo(() => ({ isOpen, isBeside, toggle }), [isOpen, isBeside, toggle]);
}
