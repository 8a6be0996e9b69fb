import { type RefObject, useCallback, useEffect, useRef } from "react";
import { useLocation } from "wouter";

/** The parameter of a comparison's address that names the page it was opened from, unless that is the gallery. */
export const OPENED_FROM = "opener";

/** The pictures of the comparison that was opened last, until its button has the focus again. */
let lastOpened: string | undefined;

/** Opens pictures side by side; closing the comparison returns to the page that it was opened from. */
export function useCompare(): (ids: readonly string[]) => void {
  const [page, navigate] = useLocation();
  return useCallback(
    (ids) => {
      lastOpened = ids.join(",");
      const opener = page === "/generate" ? `&${OPENED_FROM}=generate` : "";
      navigate(`/gallery?compare=${lastOpened}${opener}`);
    },
    [page, navigate],
  );
}

/** The ref of the button that opens a comparison: it gets the focus back when the comparison has closed. */
export function useCompareButton(ids: readonly string[]): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  const key = ids.join(",");
  useEffect(() => {
    if (lastOpened !== key) return;
    lastOpened = undefined;
    if (document.activeElement === document.body) button.current?.focus();
  }, [key]);
  return button;
}
