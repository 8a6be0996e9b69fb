import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import type { Image } from "../../engine/contract/gallery.ts";
import { MAX_IDS } from "../../engine/contract/image-id.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";

/** The pictures whose details have been read, by id. */
export const useImages = create<Readonly<Record<string, Image>>>()(() => ({}));

/** Some pictures, in the order of their ids; undefined for one that has not been read. */
export function useImagesOf(ids: readonly string[]): readonly (Image | undefined)[] {
  return useImages(useShallow((all) => ids.map((id) => all[id])));
}

export function mergeImages(images: readonly Image[]): void {
  useImages.setState(Object.fromEntries(images.map((image) => [image.id, image])));
}

export function forgetImages(ids: readonly string[]): void {
  const gone = new Set(ids);
  useImages.setState(
    (before) => Object.fromEntries(Object.entries(before).filter(([id]) => !gone.has(id))),
    true,
  );
}

const asked = new Set<string>();
const isOnTheWay = new Set<string>();
let isPlanned = false;

/**
 * Requests details of pictures that are not here yet. Calls made at the same moment, for example by all tiles of a
 * page, become one request. Ids already requested are skipped; `isFresh` requests them again, for an address that has
 * expired.
 */
export function wantImages(client: StudioClient, ids: readonly string[], isFresh = false): void {
  const known = useImages.getState();
  for (const id of ids)
    if (isFresh || (known[id] === undefined && !isOnTheWay.has(id))) asked.add(id);
  if (asked.size === 0 || isPlanned) return;
  isPlanned = true;
  queueMicrotask(() => {
    isPlanned = false;
    void fetchAsked(client);
  });
}

async function fetchAsked(client: StudioClient): Promise<void> {
  const ids = [...asked];
  asked.clear();
  for (const id of ids) isOnTheWay.add(id);
  for (let start = 0; start < ids.length; start += MAX_IDS) {
    const part = ids.slice(start, start + MAX_IDS);
    // A failed read leaves details missing; they are requested again when the picture scrolls into view.
    mergeImages(await client.gallery.details({ ids: part }).catch(() => []));
    for (const id of part) isOnTheWay.delete(id);
  }
}
