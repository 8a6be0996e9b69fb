import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { imageSchema } from "./gallery.ts";
import { estimateSchema } from "./generation.ts";
import { modelIdSchema, modelSummarySchema } from "./models.ts";

const path = z.string().min(1).max(4096);

/** Which folder of the studio's machine to look into; the person's own where none is named. */
export const folderRequestSchema = z.object({
  path: path.optional(),
  withHidden: z.boolean().default(false),
});
export type FolderRequest = z.output<typeof folderRequestSchema>;

/** Most folders that are listed of one; a person looks for no more by eye. */
export const MAX_FOLDERS = 2000;

/** The folders in a folder of the studio's machine; of files nothing is told. */
export const folderListingSchema = z.object({
  path: z.string(),
  /** Absent at the top. */
  parent: z.string().optional(),
  folders: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      /** Whether it is a link to a folder elsewhere. */
      isLink: z.boolean(),
      /** Whether it cannot be opened. */
      isClosed: z.boolean(),
    }),
  ),
  /** Whether there are more than are listed. */
  isCut: z.boolean(),
});
export type FolderListing = z.output<typeof folderListingSchema>;

/** Where a search for models begins most often: homes, and folders of other studios that are there. */
export const placeSchema = z.object({
  name: z.string(),
  path: z.string(),
});
export type Place = z.output<typeof placeSchema>;

/** A model that lies in a tree of folders, or what looks like one; it has a summary or a problem. */
export const scannedModelSchema = z.object({
  path: z.string(),
  name: z.string(),
  kind: z.enum(["snapshot", "archive", "file"]),
  summary: modelSummarySchema.optional(),
  /** Why it cannot be used. */
  problem: errorSchema.optional(),
  /** Its id in the store, where it is there. */
  storedId: modelIdSchema.optional(),
});
export type ScannedModel = z.output<typeof scannedModelSchema>;

/** How far a search is, a few times a second, with what was found since the last one. */
export const scanProgressSchema = z.object({
  /** Files and folders that were looked at. */
  entries: z.int(),
  /** The folder that is looked into. */
  folder: z.string(),
  found: z.array(scannedModelSchema),
  /** Folders that the system does not let Darkroom open. */
  closed: z.array(z.string()),
  /** Absent while it goes on; `limit` where the tree is larger than what is looked at. */
  end: z.enum(["done", "limit"]).optional(),
});
export type ScanProgress = z.output<typeof scanProgressSchema>;

/** Pictures that a model's card shows at most. */
export const MAX_SAMPLES = 4;

/** What a model's card shows besides the model. */
export const modelCardSchema = z.object({
  /** Of a picture with the model's own settings; absent where the model cannot be read. */
  estimate: estimateSchema.optional(),
  /** Drawn with it: marked ones first, then the newest. */
  pictures: z.array(imageSchema),
});
export type ModelCard = z.output<typeof modelCardSchema>;
