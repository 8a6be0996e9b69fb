import type { Settings } from "../contract/settings.ts";
import type { ImageRows } from "./image-rows.ts";
import type { Keepsakes } from "./keepsakes.ts";
import type { Marks } from "./marks.ts";
import type { Places } from "./places.ts";
import type { Thumbnails } from "./thumbnails.ts";

/** What the gallery asks of the settings, anew for each picture. */
export type GallerySettings = () => Pick<Settings, "pictureFolder" | "fileNamePattern">;

/** What everything that changes the gallery works with. */
export interface GalleryParts {
  readonly places: Places;
  readonly rows: ImageRows;
  readonly marks: Marks;
  readonly thumbnails: Thumbnails;
  readonly keepsakes: Keepsakes;
  readonly settings: GallerySettings;
}
