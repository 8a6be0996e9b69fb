import { z } from "zod";
import { bucketPlaceSchema } from "./buckets.ts";

const place = z.string().min(1).max(4096);

export const uploadRequestSchema = bucketPlaceSchema.extend({
  /** A file, or a folder with everything in it, on the studio's machine; absolute. */
  path: place,
  /** Of a file its key, of a folder what the keys begin with; the file's own name is added to one that ends in a slash. */
  key: z.string().max(1024),
  /** Bytes of a part; S3 takes none below 5 MiB but the last. 64 MiB by default. */
  partBytes: z
    .int()
    .min(1 << 16)
    .max(5 * 2 ** 30)
    .optional(),
});
export type UploadRequest = z.output<typeof uploadRequestSchema>;

export const fetchRequestSchema = bucketPlaceSchema.extend({
  /** An object; one that ends in a slash, or nothing, is everything below it. */
  key: z.string().max(1024),
  versionId: z.string().max(1024).optional(),
  /** A file, or a folder for everything below a key; absolute. */
  out: place,
  /** Whether files that are there are written over. */
  force: z.boolean().default(false),
});
export type FetchRequest = z.output<typeof fetchRequestSchema>;
