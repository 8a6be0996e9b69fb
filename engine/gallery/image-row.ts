import type { Marks } from "../contract/gallery-marks.ts";
import type { Image } from "../contract/gallery.ts";

/** A picture of the gallery but for its addresses, which the studio's server signs. */
export type StoredImage = Omit<Image, "address" | "thumbnail">;

/** A picture as the index knows it; what people say of it is kept apart (marks.ts). */
export interface ImageRow extends Omit<StoredImage, "fileName" | "isMissing" | keyof Marks> {
  /** As Places keeps it; of a trashed picture, where it came from. */
  readonly path: string;
}
