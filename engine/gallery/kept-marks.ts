import { z } from "zod";
import { labelSchema, ratingSchema } from "../contract/gallery-marks.ts";
import { imageIdSchema } from "../contract/image-id.ts";

/** Ids; unreadable ones are dropped. */
const idsSchema = z.array(z.unknown()).transform((all) => all.flatMap((id) => readable(id)));

function readable(id: unknown): string[] {
  const { data } = imageIdSchema.safeParse(id);
  return data === undefined ? [] : [data];
}

const keptAlbumSchema = z.object({
  name: labelSchema,
  cover: imageIdSchema.optional().catch(undefined),
  ids: idsSchema,
});
export type KeptAlbum = { name: string; cover?: string; ids: string[] };

/** Ratings, tags and albums as stored in gallery.json: sets of pictures by name, albums in their order. */
export interface KeptMarks {
  readonly ratings: Readonly<Record<string, string[]>>;
  readonly tags: Readonly<Record<string, string[]>>;
  readonly albums: readonly KeptAlbum[];
}

const NO_MARKS: KeptMarks = { ratings: {}, tags: {}, albums: [] };

const recordSchema = z.record(z.string(), z.unknown());

/** Parses stored marks as far as possible: a damaged set affects no other. */
export function readMarks(stored: unknown): KeptMarks {
  const { ratings, tags, albums } = { ...NO_MARKS, ...recordSchema.safeParse(stored).data };
  return {
    ratings: sets(ratings, (name) => ratingSchema.min(1).safeParse(Number(name)).success),
    tags: sets(tags, (name) => labelSchema.safeParse(name).data === name),
    albums: readAlbums(albums),
  };
}

function sets(stored: unknown, isName: (name: string) => boolean): Record<string, string[]> {
  const named = Object.entries(recordSchema.safeParse(stored).data ?? {});
  return Object.fromEntries(
    named.flatMap(([name, ids]) => {
      const { data } = idsSchema.safeParse(ids);
      return data !== undefined && isName(name) ? [[name, data]] : [];
    }),
  );
}

/** If two have the same name, the first counts. */
function readAlbums(stored: unknown): KeptAlbum[] {
  const albums = new Map<string, KeptAlbum>();
  for (const one of Array.isArray(stored) ? stored : []) {
    const { data } = keptAlbumSchema.safeParse(one);
    if (data === undefined || albums.has(data.name.toLowerCase())) continue;
    const { name, cover, ids } = data;
    albums.set(name.toLowerCase(), { name, ...(cover !== undefined && { cover }), ids });
  }
  return [...albums.values()];
}
