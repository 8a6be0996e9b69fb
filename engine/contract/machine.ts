import { z } from "zod";
import { deviceReportSchema } from "./devices.ts";
import { endpointIdSchema } from "./endpoints.ts";
import { estimateSchema } from "./generation.ts";
import { modelIdSchema } from "./models.ts";
import { PRESETS } from "./presets.ts";

/** Something that needs a person's attention. */
export const noticeSchema = z.object({
  /** What was found, and what to do. */
  text: z.string(),
  /** The endpoint that needs a new token; absent if it is about something else. */
  endpointId: endpointIdSchema.optional(),
});
export type Notice = z.output<typeof noticeSchema>;

/** What the studio knows about its machine. */
export const machineSchema = z.object({
  version: z.string(),
  platform: z.string(),
  dataFolder: z.string(),
  pictureFolder: z.string(),
  /** In bytes. */
  memory: z.object({ total: z.int(), free: z.int(), studio: z.int() }),
  /** Free and total bytes where pictures and models are stored. */
  disk: z.object({ total: z.int(), free: z.int() }),
  /** Absent until the devices were probed. */
  device: z
    .object({
      provider: deviceReportSchema.shape.provider,
      /** The processor's or card's name, if known. */
      name: z.string().optional(),
      /** Why a better device is not used; absent if there is none. */
      fallback: z.string().optional(),
    })
    .optional(),
  /** The loaded model. */
  loadedModel: modelIdSchema.optional(),
  /** For a 768x768 picture of Stable Diffusion 2 in 50 steps; absent until the device is known. */
  estimate: estimateSchema.optional(),
  /** Seconds of the same picture with each preset; absent until the device is known. */
  presets: z.array(z.object({ preset: z.enum(PRESETS), seconds: z.number() })).optional(),
  /** What needs a person's attention: a damaged settings file, a rebuilt index, a token that expires. */
  notices: z.array(noticeSchema),
});
export type Machine = z.output<typeof machineSchema>;
