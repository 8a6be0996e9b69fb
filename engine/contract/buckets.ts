import { z } from "zod";
import { errorSchema } from "./errors.ts";

export const connectionIdSchema = z.string().regex(/^[\w-]{1,64}$/);

/** Whether the bucket's name is part of the path or of the host. */
export const PATH_STYLES = ["auto", "yes", "no"] as const;

/** Whether every request has a checksum, or only those for which S3 requires one. */
export const CHECKSUM_MODES = ["auto", "when-supported", "when-required"] as const;

/** A name that S3 might accept; the service itself reports other problems. */
export const bucketNameSchema = z.string().regex(/^[\w.-]{1,255}$/);

/** A key has at most 1,024 bytes, and can contain any characters. */
export const objectKeySchema = z.string().min(1).max(1024);

/** The prefix of keys; empty for the whole bucket. */
const prefix = z.string().max(1024);

const choices = {
  name: z.string().trim().min(1).max(100),
  /** The service's address; without a scheme https, or http on this machine. */
  endpoint: z.string().trim().min(1).max(2048),
  /** `us-east-1` by default, which most services other than AWS accept. */
  region: z.string().trim().max(100).nullable(),
  /** Null: every operation names one. */
  bucket: bucketNameSchema.nullable(),
  pathStyle: z.enum(PATH_STYLES),
  checksums: z.enum(CHECKSUM_MODES),
  /** PEM of additional authorities for the service's certificate, besides the system's. */
  ca: z.string().max(200_000).nullable(),
  /** Whether any certificate is accepted: an impostor is then not recognised. */
  isInsecure: z.boolean(),
};

const optional = {
  /** By default the bucket's name, or the host's. */
  name: choices.name.optional(),
  region: choices.region.default(null),
  bucket: choices.bucket.default(null),
  pathStyle: choices.pathStyle.default("auto"),
  checksums: choices.checksums.default("auto"),
  ca: choices.ca.default(null),
  isInsecure: choices.isInsecure.default(false),
};

const keyText = z.string().trim().min(1).max(10_000);

/** The five values of OpenShift AI's data connection, and whatever else a service may need. */
export const newConnectionSchema = z.strictObject({
  accessKey: keyText,
  secretKey: keyText,
  /** For temporary keys. */
  sessionToken: keyText.optional(),
  endpoint: choices.endpoint,
  ...optional,
});
export type NewConnection = z.input<typeof newConnectionSchema>;

/** Sources of a connection. Explicitly given values take precedence. */
export const connectionSourceSchema = z.discriminatedUnion("kind", [
  /** YAML of a connection Secret of OpenShift AI or KServe. */
  z.strictObject({ kind: z.literal("secret"), yaml: z.string().max(1 << 20) }),
  /** A profile in `~/.aws/config` and `~/.aws/credentials`. */
  z.strictObject({ kind: z.literal("profile"), profile: z.string().min(1).max(200) }),
  /** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_S3_ENDPOINT and so on, from the studio's environment. */
  z.strictObject({ kind: z.literal("environment") }),
]);
export const connectionImportSchema = z.strictObject({
  source: connectionSourceSchema,
  ...z.object(choices).partial().shape,
});
export type ConnectionImport = z.output<typeof connectionImportSchema>;

/** What `importFrom` finds on this machine, without keys. */
export const connectionSourcesSchema = z.object({
  profiles: z.array(z.string()),
  isInEnvironment: z.boolean(),
});

/** Absent members do not change. The keys are kept only if the endpoint's origin stays the same. */
export const connectionChangeSchema = z
  .strictObject({ ...choices, ...newConnectionSchema.pick({ sessionToken: true }).shape })
  .extend({ accessKey: keyText, secretKey: keyText })
  .partial()
  .extend({ id: connectionIdSchema });
export type ConnectionChange = z.output<typeof connectionChangeSchema>;

/** The result of testing a connection. */
export const connectionCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "failed"]),
  ms: z.number(),
  /** The server header, if it sent one. */
  server: z.string().optional(),
  /** For the bucket, if one is named; absent if unknown. */
  canList: z.boolean().optional(),
  canWrite: z.boolean().optional(),
  /** Whether it keeps versions, so that deletions can be undone. */
  isVersioned: z.boolean().optional(),
  /** Whether it contains no objects. */
  isEmpty: z.boolean().optional(),
  error: errorSchema.optional(),
});
export type ConnectionCheck = z.output<typeof connectionCheckSchema>;

/** What was found out about a service, used wherever `auto` was chosen. */
export const connectionFindingsSchema = z.object({
  pathStyle: z.enum(["yes", "no"]).optional(),
  checksums: z.enum(["when-supported", "when-required"]).optional(),
  /** The bucket's region, as the service gave it. */
  region: z.string().max(100).optional(),
  /** The address of the bucket's region, if AWS has a different one. */
  endpoint: z.string().max(2048).optional(),
});
export type ConnectionFindings = z.output<typeof connectionFindingsSchema>;

/** A connection to an S3 service, without its keys. */
export const connectionSchema = z.object({
  id: connectionIdSchema,
  ...choices,
  /** Scheme, host and port: the only place where its keys are used. */
  origin: z.string(),
  hasKeys: z.boolean(),
  found: connectionFindingsSchema,
  /** The result of the last test. */
  check: connectionCheckSchema.optional(),
  createdAt: z.iso.datetime(),
});
export type Connection = z.output<typeof connectionSchema>;

/** A bucket: the connection's own if none is named. */
export const bucketPlaceSchema = z.object({
  connectionId: connectionIdSchema,
  bucket: bucketNameSchema.optional(),
});
export type BucketPlace = z.output<typeof bucketPlaceSchema>;

export const listQuerySchema = bucketPlaceSchema.extend({
  prefix: prefix.default(""),
  /** Where the previous page ended. */
  after: z.string().max(4096).optional(),
  /** Text that the rest of the key must contain, in any case; also searches subfolders. */
  search: z.string().max(200).optional(),
  /** Whether everything below the prefix is listed rather than folders; always so in a search. */
  isRecursive: z.boolean().default(false),
  /** Any order but ascending names makes the studio read the whole folder before the first page. */
  sortBy: z.enum(["name", "bytes", "modifiedAt"]).default("name"),
  isDescending: z.boolean().default(false),
  limit: z.int().min(1).max(10_000).default(1000),
});
export type ListQuery = z.output<typeof listQuerySchema>;

export const bucketFolderSchema = z.object({
  /** With a trailing slash. */
  prefix: z.string(),
  /** Relative to the listed folder, without the slash; empty where two slashes meet. */
  name: z.string(),
});
export type BucketFolder = z.output<typeof bucketFolderSchema>;

export const bucketObjectSchema = z.object({
  key: z.string(),
  /** Relative to the listed folder. */
  name: z.string(),
  bytes: z.number(),
  modifiedAt: z.iso.datetime().optional(),
  etag: z.string().optional(),
  storageClass: z.string().optional(),
});
export type BucketObject = z.output<typeof bucketObjectSchema>;

export const listPageSchema = z.object({
  folders: z.array(bucketFolderSchema),
  objects: z.array(bucketObjectSchema),
  /** Absent on the last page. A page of a search can be empty without being the last. */
  after: z.string().optional(),
  /** Number of keys examined for this page. */
  seen: z.int(),
});
export type ListPage = z.output<typeof listPageSchema>;

export const objectQuerySchema = bucketPlaceSchema.extend({
  key: objectKeySchema,
  versionId: z.string().max(1024).optional(),
});

export const objectVersionSchema = z.object({
  versionId: z.string(),
  isLatest: z.boolean(),
  /** Whether it is a delete marker. */
  isDeletion: z.boolean(),
  bytes: z.number(),
  modifiedAt: z.iso.datetime().optional(),
});

export const objectDetailsSchema = bucketObjectSchema.extend({
  contentType: z.string().optional(),
  /** As `NAME:VALUE`, if the service stores one. */
  checksum: z.string().optional(),
  versionId: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
  /** Newest first; empty if the bucket keeps none. */
  versions: z.array(objectVersionSchema),
});
export type ObjectDetails = z.output<typeof objectDetailsSchema>;

/** S3's maximum for a presigned address is one week. */
const WEEK_SECONDS = 604_800;
export const linkQuerySchema = objectQuerySchema.extend({
  seconds: z.int().min(1).max(WEEK_SECONDS).default(3600),
});

export const removalSchema = bucketPlaceSchema.extend({
  keys: z.array(objectKeySchema).max(1000).default([]),
  /** Folders with everything in them, each with a trailing slash. */
  prefixes: z.array(prefix.min(1)).max(100).default([]),
});
export type Removal = z.output<typeof removalSchema>;

export const removedSchema = z.object({
  count: z.int(),
  /** Restores them; absent if the bucket keeps no versions, so that they are gone for good. */
  undo: z.string().optional(),
  /** Objects that could not be deleted, at most a hundred. */
  failures: z.array(z.object({ key: z.string(), error: errorSchema })),
  failureCount: z.int(),
});
export type Removed = z.output<typeof removedSchema>;

export const incompleteUploadSchema = z.object({
  key: z.string(),
  uploadId: z.string(),
  startedAt: z.iso.datetime().optional(),
  /** Total size of the uploaded parts; absent if the service does not list them. */
  bytes: z.number().optional(),
  parts: z.int().optional(),
});
export type IncompleteUpload = z.output<typeof incompleteUploadSchema>;
