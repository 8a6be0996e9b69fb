import { z } from "zod";
import { errorSchema } from "./errors.ts";

export const connectionIdSchema = z.string().regex(/^[\w-]{1,64}$/);

/** Whether the bucket's name stands in the path of an address or in front of its host. */
export const PATH_STYLES = ["auto", "yes", "no"] as const;

/** Whether every request carries a checksum, or only those that S3 asks one of. */
export const CHECKSUM_MODES = ["auto", "when-supported", "when-required"] as const;

/** A name as S3 has it; what a server refuses beyond this is told by it. */
export const bucketNameSchema = z.string().regex(/^[\w.-]{1,255}$/);

/** A key has at most 1,024 bytes, and any characters at all. */
export const objectKeySchema = z.string().min(1).max(1024);

/** What keys begin with; empty is the whole bucket. */
const prefix = z.string().max(1024);

const choices = {
  name: z.string().trim().min(1).max(100),
  /** Address of the service; https where no scheme is given. */
  endpoint: z.string().trim().min(1).max(2048),
  /** `us-east-1` where none is given, which is what most services other than AWS take. */
  region: z.string().trim().max(100).nullable(),
  /** None: every command names one. */
  bucket: bucketNameSchema.nullable(),
  pathStyle: z.enum(PATH_STYLES),
  checksums: z.enum(CHECKSUM_MODES),
  /** PEM of the authorities that the service's certificate may come from, besides the system's. */
  ca: z.string().max(200_000).nullable(),
  /** Whether whatever certificate it shows is taken: nothing then tells a stranger from it. */
  isInsecure: z.boolean(),
};

const optional = {
  /** The bucket's name, or the host's, by default. */
  name: choices.name.optional(),
  region: choices.region.default(null),
  bucket: choices.bucket.default(null),
  pathStyle: choices.pathStyle.default("auto"),
  checksums: choices.checksums.default("auto"),
  ca: choices.ca.default(null),
  isInsecure: choices.isInsecure.default(false),
};

const keyText = z.string().trim().min(1).max(10_000);

/** The five fields of OpenShift AI's data connection, and what else it may take to reach a bucket. */
export const newConnectionSchema = z.strictObject({
  accessKey: keyText,
  secretKey: keyText,
  /** Of keys that last for a while only. */
  sessionToken: keyText.optional(),
  endpoint: choices.endpoint,
  ...optional,
});
export type NewConnection = z.input<typeof newConnectionSchema>;

/** Where a connection may be read from. What is given beside it wins. */
export const connectionSourceSchema = z.discriminatedUnion("kind", [
  /** YAML of a connection Secret, as OpenShift AI and KServe have it. */
  z.strictObject({ kind: z.literal("secret"), yaml: z.string().max(1 << 20) }),
  /** A profile of `~/.aws/config` and `~/.aws/credentials`. */
  z.strictObject({ kind: z.literal("profile"), profile: z.string().min(1).max(200) }),
  /** AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_S3_ENDPOINT and their siblings, as the studio was started with. */
  z.strictObject({ kind: z.literal("environment") }),
]);
export const connectionImportSchema = z.strictObject({
  source: connectionSourceSchema,
  ...z.object(choices).partial().shape,
});
export type ConnectionImport = z.output<typeof connectionImportSchema>;

/** What `importFrom` finds on this machine; keys are not among it. */
export const connectionSourcesSchema = z.object({
  profiles: z.array(z.string()),
  isInEnvironment: z.boolean(),
});

/** What is absent stays as it is. The keys stay only while the endpoint's origin does. */
export const connectionChangeSchema = z
  .strictObject({ ...choices, ...newConnectionSchema.pick({ sessionToken: true }).shape })
  .extend({ accessKey: keyText, secretKey: keyText })
  .partial()
  .extend({ id: connectionIdSchema });
export type ConnectionChange = z.output<typeof connectionChangeSchema>;

/** What a look at a connection came to. */
export const connectionCheckSchema = z.object({
  at: z.iso.datetime(),
  state: z.enum(["ready", "failed"]),
  ms: z.number(),
  /** What it said of itself, as far as it said anything. */
  server: z.string().optional(),
  /** The bucket, where one is named; what it is unknown of is absent. */
  canList: z.boolean().optional(),
  canWrite: z.boolean().optional(),
  /** Whether deleting can be undone. */
  isVersioned: z.boolean().optional(),
  /** Whether there is an object at all. */
  isEmpty: z.boolean().optional(),
  error: errorSchema.optional(),
});
export type ConnectionCheck = z.output<typeof connectionCheckSchema>;

/** What was found out about a service once, and is used from then on wherever `auto` was chosen. */
export const connectionFindingsSchema = z.object({
  pathStyle: z.enum(["yes", "no"]).optional(),
  checksums: z.enum(["when-supported", "when-required"]).optional(),
  /** The bucket's own, as the service named it. */
  region: z.string().max(100).optional(),
  /** Address of the bucket's region, where AWS has another. */
  endpoint: z.string().max(2048).optional(),
});
export type ConnectionFindings = z.output<typeof connectionFindingsSchema>;

/** A connection to an S3 service, without its keys. */
export const connectionSchema = z.object({
  id: connectionIdSchema,
  ...choices,
  /** Scheme, host and port: all that its keys are used for. */
  origin: z.string(),
  hasKeys: z.boolean(),
  found: connectionFindingsSchema,
  /** The last look at it. */
  check: connectionCheckSchema.optional(),
  createdAt: z.iso.datetime(),
});
export type Connection = z.output<typeof connectionSchema>;

/** Which bucket is meant: the connection's own, where none is named. */
export const bucketPlaceSchema = z.object({
  connectionId: connectionIdSchema,
  bucket: bucketNameSchema.optional(),
});
export type BucketPlace = z.output<typeof bucketPlaceSchema>;

export const listQuerySchema = bucketPlaceSchema.extend({
  prefix: prefix.default(""),
  /** Where the page before ended. */
  after: z.string().max(4096).optional(),
  /** Letters that the rest of a key must hold, small or capital; searches folders within, too. */
  search: z.string().max(200).optional(),
  /** Everything below the prefix, rather than folders; a search always is. */
  isRecursive: z.boolean().default(false),
  /** Anything but the name upwards makes the studio read the whole folder before the first page. */
  sortBy: z.enum(["name", "bytes", "modifiedAt"]).default("name"),
  isDescending: z.boolean().default(false),
  limit: z.int().min(1).max(10_000).default(1000),
});
export type ListQuery = z.output<typeof listQuerySchema>;

export const bucketFolderSchema = z.object({
  /** With the slash at its end. */
  prefix: z.string(),
  /** The part below the folder that was listed, without the slash; empty where two slashes meet. */
  name: z.string(),
});
export type BucketFolder = z.output<typeof bucketFolderSchema>;

export const bucketObjectSchema = z.object({
  key: z.string(),
  /** The part below the folder that was listed. */
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
  /** Absent on the last page. A page of a search may be empty and not the last. */
  after: z.string().optional(),
  /** How many keys were looked at for this page. */
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
  /** Whether it stands for a deletion. */
  isDeletion: z.boolean(),
  bytes: z.number(),
  modifiedAt: z.iso.datetime().optional(),
});

export const objectDetailsSchema = bucketObjectSchema.extend({
  contentType: z.string().optional(),
  /** As `NAME:VALUE`, where the service keeps one. */
  checksum: z.string().optional(),
  versionId: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
  /** Newest first; empty where the bucket keeps none. */
  versions: z.array(objectVersionSchema),
});
export type ObjectDetails = z.output<typeof objectDetailsSchema>;

/** A week is the longest that S3 signs for. */
const WEEK_SECONDS = 604_800;
export const linkQuerySchema = objectQuerySchema.extend({
  seconds: z.int().min(1).max(WEEK_SECONDS).default(3600),
});

export const removalSchema = bucketPlaceSchema.extend({
  keys: z.array(objectKeySchema).max(1000).default([]),
  /** Folders with everything in them, each with the slash at its end. */
  prefixes: z.array(prefix.min(1)).max(100).default([]),
});
export type Removal = z.output<typeof removalSchema>;

export const removedSchema = z.object({
  count: z.int(),
  /** Brings them back; absent where the bucket keeps no versions and they are gone for good. */
  undo: z.string().optional(),
  /** Those that are still there, the first hundred. */
  failures: z.array(z.object({ key: z.string(), error: errorSchema })),
  failureCount: z.int(),
});
export type Removed = z.output<typeof removedSchema>;

export const incompleteUploadSchema = z.object({
  key: z.string(),
  uploadId: z.string(),
  startedAt: z.iso.datetime().optional(),
  /** Of the parts that the service holds; absent where it does not list them. */
  bytes: z.number().optional(),
  parts: z.int().optional(),
});
export type IncompleteUpload = z.output<typeof incompleteUploadSchema>;
