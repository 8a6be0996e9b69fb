import { z } from "zod";
import { errorSchema } from "./errors.ts";
import { imageSchema } from "./gallery.ts";
import { estimateSchema } from "./generation.ts";
import { fitSchema, modelIdSchema, modelSummarySchema } from "./models.ts";

const path = z.string().min(1).max(4096);

/** A folder on the studio's machine; the home folder by default. */
export const folderRequestSchema = z.object({
  path: path.optional(),
  withHidden: z.boolean().default(false),
  /** Whether model archives are listed, too. */
  withArchives: z.boolean().default(false),
});
export type FolderRequest = z.output<typeof folderRequestSchema>;

/** Maximum number of subfolders listed, and of archives; longer lists are useless. */
export const MAX_FOLDERS = 2000;

/** The subfolders of a folder on the studio's machine; of its files, only model archives are listed, on request. */
export const folderListingSchema = z.object({
  path: z.string(),
  /** Absent at the root. */
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
  /** Its model archives: .mar, .tar.gz and .tgz. */
  archives: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Whether there are more than are listed. */
  isCut: z.boolean(),
});
export type FolderListing = z.output<typeof folderListingSchema>;

/** Usual starting points of a search for models: home folders, and existing folders of other studios. */
export const placeSchema = z.object({
  name: z.string(),
  path: z.string(),
});
export type Place = z.output<typeof placeSchema>;

/** A model in a folder tree, or something that looks like one; it has a summary or a problem. */
export const scannedModelSchema = z.object({
  path: z.string(),
  name: z.string(),
  kind: z.enum(["snapshot", "archive", "file"]),
  summary: modelSummarySchema.optional(),
  /** Why it cannot be used. */
  problem: errorSchema.optional(),
  /** How it suits this device; present if it has a summary. */
  fit: fitSchema.optional(),
  /** For a picture with the model's own settings; absent if there is no summary. */
  estimate: estimateSchema.optional(),
  /** Its id in the store, if it is there. */
  storedId: modelIdSchema.optional(),
});
export type ScannedModel = z.output<typeof scannedModelSchema>;

/** Progress of a search, a few times per second, with what was found since the last report. */
export const scanProgressSchema = z.object({
  /** Number of files and folders examined. */
  entries: z.int(),
  /** The folder being searched. */
  folder: z.string(),
  found: z.array(scannedModelSchema),
  /** Folders that Darkroom may not open. */
  closed: z.array(z.string()),
  /** Absent while it continues; `limit` if the tree is larger than the maximum. */
  end: z.enum(["done", "limit"]).optional(),
});
export type ScanProgress = z.output<typeof scanProgressSchema>;

/** Maximum number of pictures on a model's card. */
export const MAX_SAMPLES = 4;

/** Further information for a model's card. */
export const modelCardSchema = z.object({
  /** For a picture with the model's own settings; absent if the model cannot be read. */
  estimate: estimateSchema.optional(),
  /** Drawn with it: marked ones first, then the newest. */
  pictures: z.array(imageSchema),
});
export type ModelCard = z.output<typeof modelCardSchema>;
