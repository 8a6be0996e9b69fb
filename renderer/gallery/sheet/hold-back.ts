import type { GalleryNames } from "../../../engine/contract/gallery.ts";
import type { Order } from "../grid/contact-sheet.ts";

/** Names without the newest, and how many those are. */
export interface HeldBack {
  readonly names: GalleryNames;
  readonly held: number;
}

/**
 * Leaves out pictures that were put in front of those seen already: whoever looks at something
 * further down keeps it before their eyes, and is told that there is more.
 */
export function holdBack(names: GalleryNames, seen: Order): HeldBack {
  let held = 0;
  const days: GalleryNames["days"] = [];
  for (const { day, ids } of names.days) {
    const isSeen = days.length > 0 ? 0 : ids.findIndex((id) => seen.indexOf(id) !== undefined);
    const first = isSeen < 0 ? ids.length : isSeen;
    held += first;
    if (first < ids.length) days.push({ day, ids: first === 0 ? ids : ids.slice(first) });
  }
  if (held === 0 || days.length === 0) return { names, held: 0 };
  return { names: { total: names.total - held, days }, held };
}
