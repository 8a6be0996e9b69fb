import { oc } from "@orpc/contract";
import { z } from "zod";
import { bucketDeploymentSchema, publishRequestSchema } from "./archives.ts";
import {
  bucketImportSchema,
  bucketServeSchema,
  fetchRequestSchema,
  receivedIdSchema,
  receivedPartSchema,
  receivedUploadSchema,
  uploadRequestSchema,
} from "./bucket-transfers.ts";
import {
  bucketNameSchema,
  bucketPlaceSchema,
  connectionChangeSchema,
  connectionCheckSchema,
  connectionIdSchema,
  connectionImportSchema,
  connectionSchema,
  connectionSourcesSchema,
  incompleteUploadSchema,
  linkQuerySchema,
  listPageSchema,
  listQuerySchema,
  newConnectionSchema,
  objectDetailsSchema,
  objectKeySchema,
  objectQuerySchema,
  removalSchema,
  removedSchema,
} from "./buckets.ts";

const nothing = z.void();
const connection = z.object({ id: connectionIdSchema });

/** Operations on connections and buckets; part of the contract. */
export const bucketContract = {
  connections: oc.output(z.array(connectionSchema)),
  /** Stores a connection without contacting it; `test` does that. */
  connect: oc.input(newConnectionSchema).output(connectionSchema),
  /** The profiles and environment variables that `importFrom` can read. */
  sources: oc.output(connectionSourcesSchema),
  /** Stores a connection described by a Secret, a profile or the environment. Refuses as CONNECTION_UNREADABLE. */
  importFrom: oc.input(connectionImportSchema).output(connectionSchema),
  change: oc.input(connectionChangeSchema).output(connectionSchema),
  /** Removes a connection and its keys; the bucket's content stays. */
  disconnect: oc.input(connection).output(nothing),
  /**
   * Tests everything the connection is for; writes and deletes a few bytes. Never refuses: problems are in the result.
   */
  test: oc.input(connection).output(connectionCheckSchema),
  /** The bucket names that the keys may list. */
  names: oc.input(connection).output(z.array(z.string())),
  create: oc
    .input(z.object({ connectionId: connectionIdSchema, bucket: bucketNameSchema }))
    .output(nothing),
  /** A page of folders and objects. */
  list: oc.input(listQuerySchema).output(listPageSchema),
  details: oc.input(objectQuerySchema).output(objectDetailsSchema),
  /** A temporary address that lets anyone who has it read one object. */
  link: oc
    .input(linkQuerySchema)
    .output(z.object({ url: z.string(), expiresAt: z.iso.datetime() })),
  remove: oc.input(removalSchema).output(removedSchema),
  /** Restores what a removal deleted, by its `undo`, or one object from a version. */
  restore: oc
    .input(
      z.union([
        z.strictObject({ undo: z.string().max(64) }),
        objectQuerySchema.required({ versionId: true }),
      ]),
    )
    .output(nothing),
  /**
   * Packs a model, uploads it with its config.properties in the notebook's layout, and reads both back. `path` is to be
   * entered in OpenShift AI.
   */
  publish: oc
    .input(publishRequestSchema)
    .output(z.object({ transferId: z.string(), path: z.string() })),
  /** Whether a path can be entered in OpenShift AI, by its keys, its configuration and the archive's directory. */
  check: oc
    .input(bucketPlaceSchema.extend({ prefix: z.string().max(1024) }))
    .output(bucketDeploymentSchema),
  /**
   * Serves a path as a cluster would, as a transfer of kind `bucket-serve` whose `log` has the stages: copied,
   * unpacked, try n of m, ready. The model becomes the chosen one, and the inference server serves it under the name in
   * its config.properties. Fails as BUCKET_NOT_SERVABLE if a cluster would fail.
   */
  serve: oc.input(bucketServeSchema).output(z.object({ transferId: z.string() })),
  /** Uploads that were neither completed nor aborted, which cost money. */
  incomplete: oc
    .input(bucketPlaceSchema.extend({ prefix: z.string().max(1024).default("") }))
    .output(z.array(incompleteUploadSchema)),
  abortIncomplete: oc
    .input(
      bucketPlaceSchema.extend({
        uploads: z
          .array(z.object({ key: objectKeySchema, uploadId: z.string().min(1).max(4096) }))
          .min(1)
          .max(1000),
      }),
    )
    .output(nothing),
  /** Uploads a file or folder as a transfer. It continues after a restart, and sends no part twice. */
  upload: oc
    .input(z.union([uploadRequestSchema, receivedUploadSchema]))
    .output(z.object({ transferId: z.string() })),
  /** Receives part of a file from a page, for a file that is not on the studio's machine; `upload` then sends it. */
  receive: oc.input(receivedPartSchema).output(z.object({ id: receivedIdSchema })),
  /** Deletes received files that are not to be uploaded after all. */
  discardReceived: oc.input(z.object({ id: receivedIdSchema })).output(nothing),
  /** Downloads an object, or everything below a key, as a transfer, which resumes where it stopped. */
  download: oc.input(fetchRequestSchema).output(z.object({ transferId: z.string() })),
  /**
   * Imports an archive or a model's folder into the model store, as a transfer of kind `bucket-import`, which resumes
   * where it stopped. Refuses at once as OBJECT_NOT_FOUND, and a folder with several archives as REQUEST_INVALID.
   */
  importModel: oc.input(bucketImportSchema).output(z.object({ transferId: z.string() })),
};
