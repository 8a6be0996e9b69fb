import { z } from "zod";
import { KSERVE_VERSIONS } from "./archives.ts";
import { bucketPlaceSchema } from "./buckets.ts";
import { modelIdSchema } from "./models.ts";

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

/** What a page has sent under one id: a file, or a folder with everything in it. */
export const receivedIdSchema = z.uuid();

/** An upload of what `receive` took, which is deleted here once the upload has ended. */
export const receivedUploadSchema = uploadRequestSchema
  .omit({ path: true })
  .extend({ received: receivedIdSchema });

/** The longest part that a page sends at a time. */
const MAX_RECEIVED_BYTES = 64 << 20;

/** A part of a file on its way from a page, which knows no path on the studio's machine. */
export const receivedPartSchema = z.object({
  /** As the first part's answer gave it. */
  id: receivedIdSchema.optional(),
  /** The file's name, or its path in the folder that is sent, from the folder's own name on; with slashes. */
  path: z.string().min(1).max(1024),
  /** Bytes of it that were sent before; 0 begins it. */
  offset: z.int().min(0),
  part: z.file().max(MAX_RECEIVED_BYTES),
});
export type ReceivedPart = z.output<typeof receivedPartSchema>;

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

/** Which path is served, and as which of KServe's storage initializers would copy it. */
export const bucketServeSchema = bucketPlaceSchema.extend({
  /** As it would be entered: without a slash at its end the versions differ. */
  path: z.string().max(1024),
  kserve: z.enum(KSERVE_VERSIONS).default("0.12"),
});

export const bucketImportSchema = bucketPlaceSchema.extend({
  /**
   * An archive, or a folder with a slash at its end: of one archive (the path that was entered in OpenShift
   * AI), of a model in diffusers layout, or an archive's own files. Empty is the whole bucket.
   */
  key: z.string().max(1024),
  /** The id it is to have in the store; one made of its own name by default. */
  id: modelIdSchema.optional(),
});
