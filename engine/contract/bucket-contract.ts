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

/** Everything that may be asked of connections and their buckets; a part of the contract. */
export const bucketContract = {
  connections: oc.output(z.array(connectionSchema)),
  /** Keeps one without asking it anything; `test` does that. */
  connect: oc.input(newConnectionSchema).output(connectionSchema),
  /** Profiles and environment that `importFrom` could read. */
  sources: oc.output(connectionSourcesSchema),
  /** Keeps one that a Secret, a profile or the environment describes. Refuses as CONNECTION_UNREADABLE. */
  importFrom: oc.input(connectionImportSchema).output(connectionSchema),
  change: oc.input(connectionChangeSchema).output(connectionSchema),
  /** Forgets it and its keys; what is in the bucket stays. */
  disconnect: oc.input(connection).output(nothing),
  /** Tries what the connection is for, and writes and deletes a few bytes once. Never refuses: the check tells. */
  test: oc.input(connection).output(connectionCheckSchema),
  /** The names of the buckets that the keys may list. */
  names: oc.input(connection).output(z.array(z.string())),
  create: oc
    .input(z.object({ connectionId: connectionIdSchema, bucket: bucketNameSchema }))
    .output(nothing),
  /** A page of folders and objects. */
  list: oc.input(listQuerySchema).output(listPageSchema),
  details: oc.input(objectQuerySchema).output(objectDetailsSchema),
  /** An address that reads one object for a while, for whoever has it. */
  link: oc
    .input(linkQuerySchema)
    .output(z.object({ url: z.string(), expiresAt: z.iso.datetime() })),
  remove: oc.input(removalSchema).output(removedSchema),
  /** Brings back what `remove` gave `undo` for, or one object as it was in a version. */
  restore: oc
    .input(
      z.union([
        z.strictObject({ undo: z.string().max(64) }),
        objectQuerySchema.required({ versionId: true }),
      ]),
    )
    .output(nothing),
  /**
   * Packs a model, puts it with its config.properties into a bucket in the notebook's layout, and reads
   * both back. `path` is what to enter in OpenShift AI.
   */
  publish: oc
    .input(publishRequestSchema)
    .output(z.object({ transferId: z.string(), path: z.string() })),
  /** Whether a path can be entered in OpenShift AI as it is: a look at keys, configuration and the archive's directory. */
  check: oc
    .input(bucketPlaceSchema.extend({ prefix: z.string().max(1024) }))
    .output(bucketDeploymentSchema),
  /**
   * Serves what lies at a path as a cluster would, as a transfer of the kind `bucket-serve` whose `log` tells the
   * stages: copied, unpacked, try n of m, ready. The model is then the chosen one, and answers at the inference
   * server under the name of its config.properties. Fails as BUCKET_NOT_SERVABLE where a cluster's would, too.
   */
  serve: oc.input(bucketServeSchema).output(z.object({ transferId: z.string() })),
  /** Uploads that were begun and neither finished nor aborted; they are paid for. */
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
  /** Sends a file or a folder, as a transfer. It goes on after a restart, and sends no part twice. */
  upload: oc
    .input(z.union([uploadRequestSchema, receivedUploadSchema]))
    .output(z.object({ transferId: z.string() })),
  /** Takes a part of a file that a page has and the studio's machine has not; `upload` sends what came. */
  receive: oc.input(receivedPartSchema).output(z.object({ id: receivedIdSchema })),
  /** Deletes what came under an id, where it is not to be sent after all. */
  discardReceived: oc.input(z.object({ id: receivedIdSchema })).output(nothing),
  /** Fetches an object or everything below a key, as a transfer. It goes on where it stopped. */
  download: oc.input(fetchRequestSchema).output(z.object({ transferId: z.string() })),
  /**
   * Brings an archive or a model's folder into the model store, as a transfer of the kind `bucket-import`. It
   * goes on where it stopped. Refuses at once as OBJECT_NOT_FOUND, and as REQUEST_INVALID a folder of several
   * archives.
   */
  importModel: oc.input(bucketImportSchema).output(z.object({ transferId: z.string() })),
};
