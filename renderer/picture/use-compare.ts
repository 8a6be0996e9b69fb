import { useCallback } from "react";
import { useLocation } from "wouter";

/** The parameter of a comparison's address that names the page it was opened from, unless that is the gallery. */
export const OPENED_FROM = "opener";

/** Opens pictures side by side; closing the comparison returns to the page that it was opened from. */
export function useCompare(): (ids: readonly string[]) => void {
  const [page, navigate] = useLocation();
  return useCallback(
    (ids) => {
      const opener = page === "/generate" ? `&${OPENED_FROM}=generate` : "";
      navigate(`/gallery?compare=${ids.join(",")}${opener}`);
    },
    [page, navigate],
  );
}
