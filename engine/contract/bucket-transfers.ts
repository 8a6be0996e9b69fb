import { z } from "zod";
import { KSERVE_VERSIONS } from "./archives.ts";
import { bucketPlaceSchema } from "./buckets.ts";
import { modelIdSchema } from "./models.ts";

const place = z.string().min(1).max(4096);

export const uploadRequestSchema = bucketPlaceSchema.extend({
  /** A file, or a folder with everything in it, on the studio's machine; absolute. */
  path: place,
  /**
   * For a file its key, for a folder the prefix of its keys; if a file's key ends in a slash, the file's name is
   * appended.
   */
  key: z.string().max(1024),
  /** Part size in bytes; S3 requires at least 5 MiB except for the last part. 64 MiB by default. */
  partBytes: z
    .int()
    .min(1 << 16)
    .max(5 * 2 ** 30)
    .optional(),
});
export type UploadRequest = z.output<typeof uploadRequestSchema>;

/** What a page has sent under one id: a file, or a folder with everything in it. */
export const receivedIdSchema = z.uuid();

/** Uploads what `receive` took; the received files are deleted once the upload has ended. */
export const receivedUploadSchema = uploadRequestSchema
  .omit({ path: true })
  .extend({ received: receivedIdSchema });

/** The largest chunk that a page sends. */
const MAX_RECEIVED_BYTES = 64 << 20;

/** A chunk of a file sent by a page, which does not know paths on the studio's machine. */
export const receivedPartSchema = z.object({
  /** As returned for the first chunk. */
  id: receivedIdSchema.optional(),
  /** The file's name, or its path within the sent folder, including the folder's name; with slashes. */
  path: z.string().min(1).max(1024),
  /** Offset in bytes; 0 starts the file. */
  offset: z.int().min(0),
  part: z.file().max(MAX_RECEIVED_BYTES),
});
export type ReceivedPart = z.output<typeof receivedPartSchema>;

export const fetchRequestSchema = bucketPlaceSchema.extend({
  /** An object, or everything below it if it ends in a slash or is empty. */
  key: z.string().max(1024),
  versionId: z.string().max(1024).optional(),
  /** A file, or a folder for everything below a key; absolute. */
  out: place,
  /** Whether existing files are overwritten. */
  force: z.boolean().default(false),
});
export type FetchRequest = z.output<typeof fetchRequestSchema>;

/** The path to serve, and the version of KServe's storage initializer to imitate. */
export const bucketServeSchema = bucketPlaceSchema.extend({
  /** As entered; without a trailing slash the versions differ. */
  path: z.string().max(1024),
  kserve: z.enum(KSERVE_VERSIONS).default("0.12"),
});

export const bucketImportSchema = bucketPlaceSchema.extend({
  /**
   * An archive, or a folder with a trailing slash: with one archive (the path entered in OpenShift AI), with a model in
   * diffusers layout, or with an archive's own files. Empty for the whole bucket.
   */
  key: z.string().max(1024),
  /** Its id in the store; by default derived from its name. */
  id: modelIdSchema.optional(),
});
