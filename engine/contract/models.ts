import { z } from "zod";
import { manifestSchema } from "./archives.ts";
import { errorSchema } from "./errors.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";

/** The model that ships with the studio, by its id. */
export const STARTER_ID = "starter";

/** A model's id: its folder's name in the model store, or `starter`. */
export const modelIdSchema = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,99}$/u);

/** What a person wants to know of a model before drawing with it. */
export const modelSummarySchema = z.object({
  name: z.string(),
  /** Folder of the snapshot on this machine. */
  folder: z.string(),
  /** Whether it is the small model of drawings that ships with the studio. */
  isStarter: z.boolean(),
  /** What it is and can draw, in one sentence. */
  description: z.string(),
  predictionType: z.enum(["epsilon", "v_prediction", "sample"]),
  /** The model's own scheduler; absent where it has no name of ours. */
  scheduler: z.enum(SCHEDULER_NAMES).optional(),
  width: z.int(),
  height: z.int(),
  steps: z.int(),
  guidanceScale: z.number(),
  /** Whether it was distilled to few steps: another scheduler or number of steps does not suit it. */
  isDistilled: z.boolean(),
  parameters: z.int(),
  /** Of the UNet alone, and of the VAE. */
  unetParameters: z.int(),
  vaeParameters: z.int(),
  /** Bytes of the weight files that are used. */
  sizeBytes: z.int(),
});
export type ModelSummary = z.output<typeof modelSummarySchema>;

/** Where a model in the store came from; kept beside it. */
export const provenanceSchema = z.object({
  kind: z.enum(["hub", "folder", "archive", "bucket", "link"]),
  /** Repository id on the hub, or the name of the folder or archive, without what lies in front of it; of a link, the folder in full. */
  name: z.string(),
  /** The hub's commit, hexadecimal. */
  revision: z.string().optional(),
  variant: z.string().optional(),
  licence: z.string().optional(),
  /** Of the archive that it came in; one that is a folder has no sha256. */
  archive: z.object({ sha256: z.string().optional(), manifest: manifestSchema }).optional(),
  /** Of one that was fetched from a bucket: the object, or the folder with a slash at its end, which has no ETag. */
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

/**
 * A model in the store. One that cannot be read has a `problem` and no summary; one of which only what was
 * written down about it cannot be read has both.
 */
export const storedModelSchema = z.object({
  id: modelIdSchema,
  summary: modelSummarySchema.optional(),
  problem: errorSchema.optional(),
  /** What was written down about it and is lost, for a person; it can be drawn with all the same. */
  lost: z.array(z.string()).optional(),
  /** Bytes of everything in its folder. */
  diskBytes: z.int(),
  /**
   * One hash for all weight files, hexadecimal: the sha256 of what sha256sum prints of them in the order
   * of their paths; absent before it was computed.
   */
  sha256: z.string().optional(),
  /** When its files were last compared with their hashes, and whether they agreed. */
  verified: z.object({ at: z.iso.datetime(), isSound: z.boolean() }).optional(),
  provenance: provenanceSchema.optional(),
  /** How it suits this device. `tight` may run out of memory, `too-large` surely does. */
  fit: z.object({
    verdict: z.enum(["good", "slow", "tight", "too-large"]),
    reason: z.string(),
    /** Bytes of memory a picture of the model's own size needs, estimated. */
    memoryBytes: z.int(),
  }),
});
export type StoredModel = z.output<typeof storedModelSchema>;

/** A file that makes up a model. */
export const modelFileSchema = z.object({
  path: z.string(),
  sizeBytes: z.int(),
  sha256: z.string().optional(),
});
export type ModelFile = z.output<typeof modelFileSchema>;

/** A model that can be fetched: named once, with the places that keep it, best first. */
export const catalogueEntrySchema = z.object({
  id: modelIdSchema,
  title: z.string(),
  description: z.string(),
  /** Repository ids on the hub, tried in this order. */
  sources: z.array(z.string()).min(1),
  licence: z.object({ id: z.string(), title: z.string(), address: z.string() }),
  /** Whether its makers ship a checker for pictures that are not safe for work. */
  hasSafetyChecker: z.boolean(),
  predictionType: z.enum(["epsilon", "v_prediction"]),
  width: z.int(),
  height: z.int(),
  /** Of the fp16 variant, where there is one; about. */
  downloadBytes: z.int(),
  /** Its id in the store, where it is there. */
  storedId: modelIdSchema.optional(),
});
export type CatalogueEntry = z.output<typeof catalogueEntrySchema>;

/** A tiny autoencoder that can be fetched: a fast, slightly soft decoder of one family's latents. */
export const tinyDecoderSchema = catalogueEntrySchema
  .pick({
    id: true,
    title: true,
    description: true,
    sources: true,
    licence: true,
    downloadBytes: true,
  })
  .extend({
    /** Where it is on this machine; absent where it has not been fetched. */
    folder: z.string().optional(),
  });
export type TinyDecoderEntry = z.output<typeof tinyDecoderSchema>;

export const repositoryIdSchema = z
  .string()
  .max(200)
  .regex(/^[\w.-]+\/[\w.-]+$/, "a repository is named owner/name");

const variant = z.string().max(40).optional();

/** What to fetch: a model of the catalogue, or any repository. */
export const downloadRequestSchema = z.union([
  z.strictObject({ catalogueId: modelIdSchema, variant }),
  z.strictObject({
    repository: repositoryIdSchema,
    revision: z.string().max(100).optional(),
    variant,
  }),
]);
export type DownloadRequest = z.output<typeof downloadRequestSchema>;

/** What a repository on the hub offers. */
export const repositorySchema = z.object({
  id: repositoryIdSchema,
  /** The commit its files were listed at. */
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
