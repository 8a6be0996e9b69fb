import { z } from "zod";
import { imageIdSchema, imageIdsSchema } from "./image-id.ts";

/** The name of a tag or album; a search quotes it. */
export const labelSchema = z
  .string()
  .normalize("NFC")
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^"\p{C}\p{Zl}\p{Zp}]*$/u, "a name without quotation marks");

/** The tags in a typed text, which commas separate. Stored tags may contain commas. */
export function splitTags(typed: string): string[] {
  const tags = typed.split(",").map((tag) => tag.trim());
  return tags.filter((tag) => tag !== "");
}

/** 1 to 5; 0 for none. */
export const ratingSchema = z.int().min(0).max(5);

/** A person's marks on a picture, besides the star. */
export const marksSchema = z.object({
  rating: ratingSchema,
  /** By name; so are albums. */
  tags: z.array(labelSchema),
  albums: z.array(labelSchema),
});
export type Marks = z.output<typeof marksSchema>;

/** Maximum number of names per call. */
const labelsSchema = z.array(labelSchema).max(20);

/** Pictures to rate or tag; absent members do not change. */
export const markSchema = z.object({
  ids: imageIdsSchema,
  rating: ratingSchema.optional(),
  /** Names that differ only in case are the same tag. */
  tag: labelsSchema.optional(),
  untag: labelsSchema.optional(),
});
export type Mark = z.output<typeof markSchema>;

/** A set of pictures chosen by a person; a picture can be in several. */
export const albumSchema = z.object({
  name: labelSchema,
  /** Number of pictures in it that are not in the trash. */
  count: z.int(),
  /** Its cover: the chosen picture, otherwise the newest. */
  cover: z.object({ id: imageIdSchema, thumbnail: z.string() }).optional(),
});
export type Album = z.output<typeof albumSchema>;

/** Changes to an album. */
export const albumChangeSchema = z.object({
  name: labelSchema,
  newName: labelSchema.optional(),
  /** A picture of the album, or null for its newest. */
  cover: imageIdSchema.nullable().optional(),
  /** Its place among all albums, 0 for the first. */
  place: z.int().min(0).max(100_000).optional(),
});
export type AlbumChange = z.output<typeof albumChangeSchema>;

/** A deleted album, with enough information to make it again. */
export const deletedAlbumSchema = z.object({
  name: labelSchema,
  place: z.int(),
  cover: imageIdSchema.nullable(),
  ids: z.array(imageIdSchema),
});
export type DeletedAlbum = z.output<typeof deletedAlbumSchema>;
