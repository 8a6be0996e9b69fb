import type { Marks } from "../contract/gallery-marks.ts";
import type { Image } from "../contract/gallery.ts";

/** A picture in the gallery without its addresses, which the studio's server signs. */
export type StoredImage = Omit<Image, "address" | "thumbnail">;

/** A picture in the index; marks are stored separately (marks.ts). */
export interface ImageRow extends Omit<StoredImage, "fileName" | "isMissing" | keyof Marks> {
  /** As Places stores it; for a trashed picture, where it came from. */
  readonly path: string;
}
