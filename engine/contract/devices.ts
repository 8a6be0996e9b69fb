import { z } from "zod";

/** Where inference can run, by the command line's names. */
export const DEVICE_NAMES = ["auto", "cpu", "cuda", "dml", "coreml", "webgpu"] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

/** The reason if CUDA's libraries were never added; `npm run cuda` and the Settings page add them. */
export const CUDA_NOT_ADDED = "its libraries are not installed";

export const deviceReportSchema = z.object({
  provider: z.enum(["cuda", "dml", "coreml", "webgpu", "cpu"]),
  available: z.boolean(),
  /** The processor's own name; absent if it is not known, and for anything but the CPU. */
  name: z.string().optional(),
  /**
   * Bits of weights in int8 on the CPU: 8, or 7 where products of bytes would saturate. Absent if that was not tested,
   * and for GPUs, which use their own precision.
   */
  int8Bits: z.int().optional(),
  /** Whether networks run in float16 there: twice as fast and half the memory on a GPU. */
  float16: z.boolean(),
  /**
   * Whether ONNX Runtime's operators for diffusion models gave the same result as plain ones; only tested on CUDA.
   */
  fusedOperators: z.boolean().optional(),
  /** Seconds for one product of 1024 x 1024 matrices, including transfer. */
  seconds: z.number().optional(),
  /**
   * Billions of operations per second in matrix products, without transfer; absent if one product already took long.
   */
  gigaflops: z.number().optional(),
  /** Why it was skipped, in the provider's own words. */
  reason: z.string().optional(),
});
export type DeviceReport = z.output<typeof deviceReportSchema>;

/** What installing CUDA support needs. */
export const cudaOfferSchema = z.object({
  isInstalled: z.boolean(),
  /** False only if this computer certainly has no NVIDIA card. */
  hasCard: z.boolean(),
  downloadBytes: z.number(),
  /** Permanent disk space. */
  installedBytes: z.number(),
  /** The most disk space needed at any time. */
  peakBytes: z.number(),
  freeBytes: z.number(),
  /** To be accepted before anything is downloaded. */
  licences: z.array(z.object({ title: z.string(), url: z.string(), text: z.string() })).readonly(),
});
export type CudaOffer = z.output<typeof cudaOfferSchema>;
