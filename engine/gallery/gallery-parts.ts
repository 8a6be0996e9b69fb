import type { Settings } from "../contract/settings.ts";
import type { ImageRows } from "./image-rows.ts";
import type { MarkFile } from "./mark-file.ts";
import type { Marks } from "./marks.ts";
import type { Places } from "./places.ts";
import type { Thumbnails } from "./thumbnails.ts";

/** The settings that the gallery uses, read again for each picture. */
export type GallerySettings = () => Pick<Settings, "pictureFolder" | "fileNamePattern">;

/** What all changes of the gallery need. */
export interface GalleryParts {
  readonly places: Places;
  readonly rows: ImageRows;
  readonly marks: Marks;
  readonly thumbnails: Thumbnails;
  readonly markFile: MarkFile;
  readonly settings: GallerySettings;
}
