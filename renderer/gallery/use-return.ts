import { useEffect, useRef } from "react";
import { choose } from "../state/choice.ts";
import type { Order } from "./grid/contact-sheet.ts";
import type { GalleryAddress } from "./use-gallery-address.ts";
import { tileOf } from "./grid/use-grid-focus.ts";

/**
 * The way back from an open picture: the sheet shows it chosen and with the focus. Where the picture
 * went, as into the trash, its neighbour opens in its place.
 */
export function useReturn(order: Order, { openId, leaf, close }: GalleryAddress): void {
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
  // Once the sheet has brought it into view.
  requestAnimationFrame(() => tileOf(document, id)?.focus({ preventScroll: true }));
}
