import { z } from "zod";

/** Where inference can run, in the names of the command line. */
export const DEVICE_NAMES = ["auto", "cpu", "cuda", "dml", "coreml", "webgpu"] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

export const deviceReportSchema = z.object({
  provider: z.enum(["cuda", "dml", "coreml", "webgpu", "cpu"]),
  available: z.boolean(),
  /** Whether networks run in halves there: twice as fast and half the memory on a GPU. */
  float16: z.boolean(),
  /** Seconds of one product of 1024 x 1024 matrices, with the way there and back. */
  seconds: z.number().optional(),
  /** Billions of operations a second in products of matrices, without the way there; absent where one product took long already. */
  gigaflops: z.number().optional(),
  /** Why it was skipped, in the provider's own words. */
  reason: z.string().optional(),
});
export type DeviceReport = z.output<typeof deviceReportSchema>;

/** What adding CUDA support takes. */
export const cudaOfferSchema = z.object({
  isInstalled: z.boolean(),
  downloadBytes: z.number(),
  /** On the disk for good. */
  installedBytes: z.number(),
  /** The most that is needed on the way. */
  peakBytes: z.number(),
  freeBytes: z.number(),
  /** To be accepted before anything is fetched. */
  licences: z.array(z.object({ title: z.string(), url: z.string(), text: z.string() })).readonly(),
});
export type CudaOffer = z.output<typeof cudaOfferSchema>;
