import { z } from "zod";
import { deviceReportSchema } from "./devices.ts";
import { estimateSchema } from "./generation.ts";
import { modelIdSchema } from "./models.ts";
import { PRESETS } from "./presets.ts";

/** What the studio knows of where it runs. */
export const machineSchema = z.object({
  version: z.string(),
  platform: z.string(),
  dataFolder: z.string(),
  pictureFolder: z.string(),
  /** Bytes. */
  memory: z.object({ total: z.int(), free: z.int(), studio: z.int() }),
  /** Free and total bytes where pictures and models go. */
  disk: z.object({ total: z.int(), free: z.int() }),
  /** Absent until the devices were tried. */
  device: z
    .object({
      provider: deviceReportSchema.shape.provider,
      /** The processor's or card's own name, where it is known. */
      name: z.string().optional(),
      /** Why a better one is not used; absent where there is none. */
      fallback: z.string().optional(),
    })
    .optional(),
  /** The model that is loaded. */
  loadedModel: modelIdSchema.optional(),
  /** A 768x768 picture of Stable Diffusion 2 in 50 steps; absent until the device is known. */
  estimate: estimateSchema.optional(),
  /** Seconds of the same picture by each preset; absent until the device is known. */
  presets: z.array(z.object({ preset: z.enum(PRESETS), seconds: z.number() })).optional(),
  /** What went wrong at start and was set right, for a person: a damaged settings file, a rebuilt index. */
  notices: z.array(z.string()),
});
export type Machine = z.output<typeof machineSchema>;
