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
