import { z } from "zod";
import { albumSchema, marksSchema } from "./gallery-marks.ts";
import { imageIdSchema } from "./image-id.ts";
import { recordSchema } from "./image-record.ts";
import { secondsSchema } from "./progress.ts";
import { MAX_PROMPT } from "./request.ts";
import { seedSchema } from "./seed.ts";
import { MAX_PATTERN } from "./settings.ts";

/** A picture in the gallery. Addresses are signed and expire. */
export const imageSchema = z.object({
  id: imageIdSchema,
  /** The PNG as stored on disk. */
  address: z.string(),
  /** WebP, at most 320 px on its longer side. */
  thumbnail: z.string(),
  fileName: z.string(),
  sizeBytes: z.int(),
  record: recordSchema,
  /** Where it was drawn: `local`, an inference endpoint's id, or `elsewhere` by another program. */
  target: z.string(),
  seconds: secondsSchema.optional(),
  createdAt: z.iso.datetime(),
  isStarred: z.boolean(),
  ...marksSchema.shape,
  isTrashed: z.boolean(),
  /** Whether its file is missing: moved or deleted by hand. */
  isMissing: z.boolean(),
});
export type Image = z.output<typeof imageSchema>;

/** Which pictures, and in which order. Absent members do not filter. */
export const galleryQuerySchema = z.object({
  /** Words in prompt and negative prompt, the last one possibly incomplete, and settings (gallery-search.ts). */
  search: z.string().max(1000).optional(),
  model: z.string().optional(),
  target: z.string().optional(),
  size: z.object({ width: z.int(), height: z.int() }).optional(),
  /** Days in the host's time zone, both included: 2026-11-24. */
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  isStarred: z.boolean().optional(),
  /** True lists only the trash. */
  isTrashed: z.boolean().default(false),
  sort: z.enum(["newest", "oldest"]).default("newest"),
});
export type GalleryQuery = z.input<typeof galleryQuerySchema>;

/** Ids of all matching pictures by day: small enough for 50,000, so that the scroll bar never jumps. */
export const galleryNamesSchema = z.object({
  total: z.int(),
  days: z.array(z.object({ day: z.iso.date(), ids: z.array(imageIdSchema) })),
});
export type GalleryNames = z.output<typeof galleryNamesSchema>;

/** A search for only the newest matching pictures. */
export const gallerySearchSchema = z.object({
  search: z.string().min(1).max(1000),
  limit: z.int().min(1).max(50),
});

/** The choices of the filters. */
export const galleryFacetsSchema = z.object({
  models: z.array(z.object({ name: z.string(), count: z.int() })),
  targets: z.array(z.object({ name: z.string(), count: z.int() })),
  sizes: z.array(z.object({ width: z.int(), height: z.int(), count: z.int() })),
  tags: z.array(z.object({ name: z.string(), count: z.int() })),
  /** In the person's order. */
  albums: z.array(albumSchema),
  starred: z.int(),
  trashed: z.int(),
  total: z.int(),
});
export type GalleryFacets = z.output<typeof galleryFacetsSchema>;

/** Maximum number of pictures in one export: their ids take 2 MB. */
const MAX_EXPORTED = 80_000;

/** Pictures to export: these, or all that match a query. */
export const exportSchema = z.union([
  z.strictObject({ ids: z.array(imageIdSchema).min(1).max(MAX_EXPORTED) }),
  z.strictObject({ query: galleryQuerySchema }),
]);

/** The values for the name of a picture's file, by a pattern such as `{date}/{prompt}-{seed}`. */
export const namedPictureSchema = z.object({
  pattern: z.string().max(MAX_PATTERN),
  prompt: z.string().max(MAX_PROMPT),
  seed: seedSchema,
  model: z.string().max(200),
  width: z.int().positive(),
  height: z.int().positive(),
});
