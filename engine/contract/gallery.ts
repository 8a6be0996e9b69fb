import { z } from "zod";
import { albumSchema, marksSchema } from "./gallery-marks.ts";
import { imageIdSchema } from "./image-id.ts";
import { recordSchema } from "./image-record.ts";
import { secondsSchema } from "./progress.ts";
import { MAX_PROMPT } from "./request.ts";
import { seedSchema } from "./seed.ts";

/** One picture of the gallery. Addresses are signed and live for an hour. */
export const imageSchema = z.object({
  id: imageIdSchema,
  /** The PNG, as it lies on disk. */
  address: z.string(),
  /** WebP, 320 px on its longer side at most. */
  thumbnail: z.string(),
  fileName: z.string(),
  sizeBytes: z.int(),
  record: recordSchema,
  /** Where it was drawn: `local`, an inference endpoint's id, or `elsewhere` where another studio did. */
  target: z.string(),
  seconds: secondsSchema.optional(),
  createdAt: z.iso.datetime(),
  isStarred: z.boolean(),
  ...marksSchema.shape,
  isTrashed: z.boolean(),
  /** Whether its file is gone: moved or deleted by hand. */
  isMissing: z.boolean(),
});
export type Image = z.output<typeof imageSchema>;

/** Which pictures, in which order. What is absent does not narrow. */
export const galleryQuerySchema = z.object({
  /** Words looked for in prompt and negative prompt, the last perhaps unfinished, and settings (gallery-search.ts). */
  search: z.string().max(1000).optional(),
  model: z.string().optional(),
  target: z.string().optional(),
  size: z.object({ width: z.int(), height: z.int() }).optional(),
  /** Days, local to the host, both included: 2026-11-24. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  isStarred: z.boolean().optional(),
  /** True shows the trash and nothing else. */
  isTrashed: z.boolean().default(false),
  sort: z.enum(["newest", "oldest"]).default("newest"),
});
export type GalleryQuery = z.input<typeof galleryQuerySchema>;

/** Ids of all pictures that answer a query, by day: small enough for 50,000, so that the scroll bar never jumps. */
export const galleryNamesSchema = z.object({
  total: z.int(),
  days: z.array(z.object({ day: z.iso.date(), ids: z.array(imageIdSchema) })),
});
export type GalleryNames = z.output<typeof galleryNamesSchema>;

/** A search of which a glimpse is enough: the newest pictures that answer it. */
export const gallerySearchSchema = z.object({
  search: z.string().min(1).max(1000),
  limit: z.int().min(1).max(50),
});

/** What the filters can choose from. */
export const galleryFacetsSchema = z.object({
  models: z.array(z.object({ name: z.string(), count: z.int() })),
  targets: z.array(z.object({ name: z.string(), count: z.int() })),
  sizes: z.array(z.object({ width: z.int(), height: z.int(), count: z.int() })),
  tags: z.array(z.object({ name: z.string(), count: z.int() })),
  /** In the order that a person gave them. */
  albums: z.array(albumSchema),
  starred: z.int(),
  trashed: z.int(),
  total: z.int(),
});
export type GalleryFacets = z.output<typeof galleryFacetsSchema>;

/** Most pictures that one export names: their ids are 2 MB. */
const MAX_EXPORTED = 80_000;

/** Pictures to export: these, or all that answer a query. */
export const exportSchema = z.union([
  z.strictObject({ ids: z.array(imageIdSchema).min(1).max(MAX_EXPORTED) }),
  z.strictObject({ query: galleryQuerySchema }),
]);

/** What the name of a picture's file is made from, by a pattern such as `{date}/{prompt}-{seed}`. */
export const namedPictureSchema = z.object({
  pattern: z.string().max(200),
  prompt: z.string().max(MAX_PROMPT),
  seed: seedSchema,
  model: z.string().max(200),
  width: z.int().positive(),
  height: z.int().positive(),
});
