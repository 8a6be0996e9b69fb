import { z } from "zod";

/** A text of the manifest; null stands where older archivers had nothing to say. */
const text = z
  .string()
  .max(1000)
  .nullish()
  .transform((value) => value ?? undefined);

/**
 * MAR-INF/MANIFEST.json as torch-model-archiver 0.12.0 writes it and TorchServe reads it: keys that it
 * does not know are ignored, and all but the object itself may be absent.
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

/** The forms of torch-model-archiver, and the customer's notebook's: the model as a zip inside. */
export const PACK_FORMS = ["notebook", "zip-store", "default", "tgz", "no-archive"] as const;
export type PackForm = (typeof PACK_FORMS)[number];

/** What TorchServe takes as a model's name or version, and what can stand in an address. */
export const archiveNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);

const path = z.string().min(1).max(4096);

/** Which model becomes which archive. Paths are whole ones. */
export const packRequestSchema = z.object({
  /** A model's id, or a folder in diffusers layout. */
  model: path,
  /** The archive; a folder in the form no-archive. */
  out: path,
  form: z.enum(PACK_FORMS).default("notebook"),
  /** The model's name in TorchServe; the archive's own without its ending by default. */
  name: archiveNameSchema.optional(),
  version: archiveNameSchema.default("1.0"),
  /** Python files instead of ours. */
  handler: path.optional(),
  requirements: path.optional(),
  /** Whether an archive of that name is replaced. */
  force: z.boolean().default(false),
});
export type PackRequest = z.output<typeof packRequestSchema>;
