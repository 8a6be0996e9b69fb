import { z } from "zod";
import { bucketPlaceSchema } from "./buckets.ts";
import { errorSchema } from "./errors.ts";

/** A text in the manifest; older archivers write null if they have no value. */
const text = z
  .string()
  .max(1000)
  .nullish()
  .transform((value) => value ?? undefined);

/**
 * MAR-INF/MANIFEST.json as torch-model-archiver 0.12.0 writes it and TorchServe reads it: unknown keys are ignored, and
 * everything but the object itself is optional.
 */
export const manifestSchema = z.object({
  createdOn: text,
  runtime: text,
  model: z.object({
    modelName: text,
    modelVersion: z
      .union([z.string().max(100), z.number()])
      .nullish()
      .transform((value) => value?.toString()),
    serializedFile: text,
    handler: text,
    modelFile: text,
    extensions: text,
    requirementsFile: text,
    configFile: text,
  }),
  archiverVersion: text,
});
export type Manifest = z.output<typeof manifestSchema>;

/** How the name of a model archive ends. */
export const ARCHIVE_ENDING = /\.(?:mar|tar\.gz|tgz)$/i;

/** The formats of torch-model-archiver, and the KServe example's notebook's: the model as a zip inside. */
export const PACK_FORMS = ["notebook", "zip-store", "default", "tgz", "no-archive"] as const;
export type PackForm = (typeof PACK_FORMS)[number];

/** What TorchServe accepts as a model's name or version, restricted to what is valid in an address. */
export const archiveNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);

const path = z.string().min(1).max(4096);

/** The model to pack and the archive to make. Paths are absolute. */
export const packRequestSchema = z.object({
  /** A model's id, or a folder in diffusers layout. */
  model: path,
  /** The archive's path; a folder for the form no-archive. */
  out: path,
  form: z.enum(PACK_FORMS).default("notebook"),
  /** The model's name in TorchServe; by default the archive's file name without its extension. */
  name: archiveNameSchema.optional(),
  version: archiveNameSchema.default("1.0"),
  /** A Python file to use instead of our handler. */
  handler: path.optional(),
  requirements: path.optional(),
  /** Whether the UNet's weights are also included in int8, so that they need not be made before drawing. */
  int8: z.boolean().default(false),
  /** Whether an existing archive is replaced. */
  force: z.boolean().default(false),
});
export type PackRequest = z.output<typeof packRequestSchema>;

/** What a parameter of a UNet takes in int8: one byte, of nine tenths of them, and four of the others. */
export const INT8_BYTES = 1.3;

/** A file in an archive, and its role. `code` can run, which includes pickles, and is never run here. */
export const archiveMemberSchema = z.object({
  path: z.string(),
  /** Path of the zip that contains it, if that is not the archive itself. */
  inside: z.string().optional(),
  sizeBytes: z.int(),
  packedBytes: z.int(),
  kind: z.enum(["weights", "config", "code", "archive", "other"]),
});
export type ArchiveMember = z.output<typeof archiveMemberSchema>;

/**
 * The checks that decide whether a model can be served from an archive, in order; half precision can be checked only by
 * drawing.
 */
export const DEPLOYMENT_CHECKS = [
  // Only for a bucket.
  "model-store",
  "config",
  "path",
  "manifest",
  "names",
  "handler",
  "requirements",
  "layout",
  "packing",
  "response-size",
  "timeouts",
  "memory",
  "half-precision",
] as const;

/** A line of the checklist: `found` is a sentence, `advice` another one that says what to do. */
export const deploymentCheckSchema = z.object({
  name: z.enum(DEPLOYMENT_CHECKS),
  outcome: z.enum(["ok", "warning", "failed"]),
  found: z.string(),
  advice: z.string().optional(),
});
export type DeploymentCheck = z.output<typeof deploymentCheckSchema>;

/** An archive as described before anything is unpacked. */
export const archiveSchema = z.object({
  /** The name of its file or folder. */
  name: z.string(),
  format: z.enum(["zip", "tar.gz", "folder"]),
  sizeBytes: z.int(),
  manifest: manifestSchema,
  members: z.array(archiveMemberSchema),
  /** The model that would be imported; if there is none, `problem` says why. */
  model: z
    .object({
      /** The id that it would have in the store. */
      id: z.string(),
      /** The zip inside the archive that contains it. */
      zip: z.string().optional(),
      files: z.array(z.string()),
      sizeBytes: z.int(),
      /** Pipeline and variant, if they can be read without unpacking. */
      description: z.string(),
      /** Not imported, because opening one runs the code in it. */
      pickles: z.array(z.string()),
    })
    .optional(),
  problem: errorSchema.optional(),
  /** Whether it can be deployed: all applicable checks of DEPLOYMENT_CHECKS. */
  checks: z.array(deploymentCheckSchema),
});
export type ArchiveDescription = z.output<typeof archiveSchema>;

/** The model that the config.properties is for. */
export const configRequestSchema = z.object({
  name: archiveNameSchema,
  version: archiveNameSchema,
});

/** The model to publish, and the bucket and folder it goes to. */
export const publishRequestSchema = bucketPlaceSchema.extend({
  /** A model's id, or a folder in diffusers layout. */
  model: path,
  prefix: z.string().max(1024).default(""),
  /** The model's name in TorchServe, also used for its folder; its id by default. */
  name: archiveNameSchema.optional(),
  version: archiveNameSchema.default("1.0"),
  handler: path.optional(),
  requirements: path.optional(),
  /** See packRequestSchema. */
  int8: z.boolean().default(false),
});
export type PublishRequest = z.output<typeof publishRequestSchema>;

/** The two ways in which KServe's storage initializer copies a bucket: versions 0.12 to 0.14, and 0.15 and later. */
export const KSERVE_VERSIONS = ["0.12", "0.15"] as const;
export type KServeVersion = (typeof KSERVE_VERSIONS)[number];

/** What a cluster would do with a path in a bucket. */
export const bucketDeploymentSchema = z.object({
  /** To be entered in OpenShift AI, with a trailing slash. */
  path: z.string(),
  /** The archive that would be served; absent if there is none or several. */
  archiveKey: z.string().optional(),
  configKey: z.string(),
  /** Names under which TorchServe would serve its models. */
  modelNames: z.array(z.string()),
  checks: z.array(deploymentCheckSchema),
});
export type BucketDeployment = z.output<typeof bucketDeploymentSchema>;
