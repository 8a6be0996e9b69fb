import { z } from "zod";
import { manifestSchema } from "./archives.ts";
import { errorSchema } from "./errors.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";

/** The id of the model that ships with the studio. */
export const STARTER_ID = "starter";

/** A model's id: its folder's name in the model store, or `starter`. */
export const modelIdSchema = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u);

/** What a person wants to know about a model before drawing with it. */
export const modelSummarySchema = z.object({
  name: z.string(),
  /** The snapshot's folder on this machine. */
  folder: z.string(),
  /** Whether it is the small drawing model that ships with the studio. */
  isStarter: z.boolean(),
  /** What it is and what it draws, in one sentence. */
  description: z.string(),
  predictionType: z.enum(["epsilon", "v_prediction", "sample"]),
  /** The model's own scheduler; absent if we have no name for it. */
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  width: z.int(),
  height: z.int(),
  steps: z.int(),
  guidanceScale: z.number(),
  /** Whether it was distilled to few steps, so that other schedulers or numbers of steps do not suit it. */
  isDistilled: z.boolean(),
  parameters: z.int(),
  /** Parameters of the UNet alone, and of the VAE. */
  unetParameters: z.int(),
  vaeParameters: z.int(),
  /** Bytes of the weight files in use. */
  sizeBytes: z.int(),
});
export type ModelSummary = z.output<typeof modelSummarySchema>;

/** Where a model in the store came from; stored beside it. */
export const provenanceSchema = z.object({
  kind: z.enum(["hub", "folder", "archive", "bucket", "link"]),
  /** Repository id on the hub, or the last part of the folder's or archive's path; for a link, the path in full. */
  name: z.string(),
  /** The hub's commit, hexadecimal. */
  revision: z.string().optional(),
  variant: z.string().optional(),
  licence: z.string().optional(),
  /** The archive that it came in; an unpacked one has no sha256. */
  archive: z.object({ sha256: z.string().optional(), manifest: manifestSchema }).optional(),
  /** If it was downloaded from a bucket: the object, or the folder with a trailing slash, which has no ETag. */
  object: z
    .object({
      /** The connection's name. */
      connection: z.string(),
      bucket: z.string(),
      key: z.string(),
      etag: z.string().optional(),
    })
    .optional(),
  addedAt: z.iso.datetime(),
});
export type Provenance = z.output<typeof provenanceSchema>;

/** How a model suits this device. `tight` may run out of memory, `too-large` certainly will. */
export const fitSchema = z.object({
  verdict: z.enum(["good", "slow", "tight", "too-large"]),
  reason: z.string(),
  /** Estimated bytes of memory for a picture of the model's own size. */
  memoryBytes: z.int(),
});

/**
 * A model in the store. One that cannot be read has a `problem` and no summary; if only the information stored about it
 * cannot be read, it has both.
 */
export const storedModelSchema = z.object({
  id: modelIdSchema,
  summary: modelSummarySchema.optional(),
  problem: errorSchema.optional(),
  /** Stored information about it that was lost; it can still be used. */
  lost: z.array(z.string()).optional(),
  /** Bytes of everything in its folder. */
  diskBytes: z.int(),
  /**
   * A single hash for all weight files, hexadecimal: the sha256 of sha256sum's output for them in the order of their
   * paths; absent until it was computed.
   */
  sha256: z.string().optional(),
  /** When its files were last compared with their hashes, and whether they matched. */
  verified: z.object({ at: z.iso.datetime(), isSound: z.boolean() }).optional(),
  provenance: provenanceSchema.optional(),
  fit: fitSchema,
});
export type StoredModel = z.output<typeof storedModelSchema>;

/** A file of a model. */
export const modelFileSchema = z.object({
  path: z.string(),
  sizeBytes: z.int(),
  sha256: z.string().optional(),
});
export type ModelFile = z.output<typeof modelFileSchema>;

export const repositoryIdSchema = z
  .string()
  .max(200)
  .regex(/^[\w.-]+\/[\w.-]+$/, "a repository is named owner/name");

const variant = z.string().max(40).optional();

/** What to download: a model of the catalogue, or any repository. */
export const downloadRequestSchema = z.union([
  z.strictObject({ catalogueId: modelIdSchema, variant }),
  z.strictObject({
    repository: repositoryIdSchema,
    revision: z.string().max(100).optional(),
    variant,
  }),
]);
export type DownloadRequest = z.output<typeof downloadRequestSchema>;

/** What a repository on the hub contains. */
export const repositorySchema = z.object({
  id: repositoryIdSchema,
  /** The commit of this listing. */
  revision: z.string(),
  licence: z.string().optional(),
  isGated: z.boolean(),
  variants: z.array(
    z.object({
      /** `fp16`, or `` for files without a variant in their names. */
      name: z.string(),
      files: z.int(),
      sizeBytes: z.int(),
    }),
  ),
});
export type Repository = z.output<typeof repositorySchema>;
