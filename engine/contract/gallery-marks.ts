import { z } from "zod";
import { imageIdSchema, imageIdsSchema } from "./image-id.ts";

/** The name of a tag or an album; a search quotes it. */
export const labelSchema = z
  .string()
  .normalize("NFC")
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^"\p{C}\p{Zl}\p{Zp}]*$/u, "a name without quotation marks");

/** 1 to 5; 0 where there is none. */
export const ratingSchema = z.int().min(0).max(5);

/** What a person says of a picture, besides its star. */
export const marksSchema = z.object({
  rating: ratingSchema,
  /** By name, as are the albums. */
  tags: z.array(labelSchema),
  albums: z.array(labelSchema),
});
export type Marks = z.output<typeof marksSchema>;

/** Names that one call takes. */
const labelsSchema = z.array(labelSchema).max(20);

/** Pictures to rate, or to tag, or both; what is absent stays. */
export const markSchema = z.object({
  ids: imageIdsSchema,
  rating: ratingSchema.optional(),
  /** Names that differ only in case are one tag. */
  tag: labelsSchema.optional(),
  untag: labelsSchema.optional(),
});
export type Mark = z.output<typeof markSchema>;

/** A set of pictures that a person put together; a picture may be in several. */
export const albumSchema = z.object({
  name: labelSchema,
  /** Pictures in it that are not in the trash. */
  count: z.int(),
  /** The picture that stands for it: the one chosen, else its newest. */
  cover: z.object({ id: imageIdSchema, thumbnail: z.string() }).optional(),
});
export type Album = z.output<typeof albumSchema>;

/** What of an album is to change. */
export const albumChangeSchema = z.object({
  name: labelSchema,
  newName: labelSchema.optional(),
  /** A picture of the album, or null for its newest. */
  cover: imageIdSchema.nullable().optional(),
  /** Its place among all albums, 0 for the first. */
  place: z.int().min(0).max(100_000).optional(),
});
export type AlbumChange = z.output<typeof albumChangeSchema>;

/** A deleted album: enough to make it again. */
export const deletedAlbumSchema = z.object({
  name: labelSchema,
  place: z.int(),
  cover: imageIdSchema.nullable(),
  ids: z.array(imageIdSchema),
});
export type DeletedAlbum = z.output<typeof deletedAlbumSchema>;
