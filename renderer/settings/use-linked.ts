import { type RefObject, useEffect, useRef } from "react";
import { useSettingsAddress } from "./settings-address.ts";

/** A place of the page, and whether the address names it: it is then scrolled to and focused. */
export function useLinked<T extends HTMLElement>(
  id: string | undefined,
): readonly [RefObject<T | null>, boolean] {
  const { line } = useSettingsAddress();
  const isLinked = id !== undefined && line === id;
  const place = useRef<T>(null);
  useEffect(() => {
    if (!isLinked) return;
    place.current?.scrollIntoView({ block: "center" });
    place.current?.focus({ preventScroll: true });
  }, [isLinked]);
  return [place, isLinked];
}
