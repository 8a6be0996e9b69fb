import { z } from "zod";
import { estimateSchema } from "./generation.ts";
import { fitSchema, modelIdSchema } from "./models.ts";

/** A model that can be downloaded, with its sources, best first. */
export const catalogueEntrySchema = z.object({
  id: modelIdSchema,
  title: z.string(),
  description: z.string(),
  /** Repository ids on the hub, tried in this order. */
  sources: z.array(z.string()).min(1),
  licence: z.object({ id: z.string(), title: z.string(), address: z.string() }),
  /** Whether its authors ship a safety checker. */
  hasSafetyChecker: z.boolean(),
  predictionType: z.enum(["epsilon", "v_prediction"]),
  width: z.int(),
  height: z.int(),
  /** Approximate size of the fp16 variant, if there is one. */
  downloadBytes: z.int(),
  /** Its id in the store, if it is there. */
  storedId: modelIdSchema.optional(),
  /** How it would suit this device. */
  fit: fitSchema,
  /** For a picture with the model's own settings; absent while the device's speed is unknown. */
  estimate: estimateSchema.optional(),
  /** Seconds with the Fast preset, if that takes less; absent for a model in the store, whose card says it. */
  fastSeconds: z.number().optional(),
  /** Why there is no estimate, as a sentence. */
  untimed: z.string().optional(),
});
export type CatalogueEntry = z.output<typeof catalogueEntrySchema>;

/** A tiny autoencoder that can be downloaded: a fast, slightly soft decoder for one family's latents. */
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
    /** Its folder on this machine; absent if it has not been downloaded. */
    folder: z.string().optional(),
  });
export type TinyDecoderEntry = z.output<typeof tinyDecoderSchema>;
