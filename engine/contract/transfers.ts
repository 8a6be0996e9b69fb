import { z } from "zod";
import { errorSchema } from "./errors.ts";

export const TRANSFER_KINDS = [
  "download",
  "import",
  "verify",
  "cuda",
  "pack",
  "publish",
  "upload",
  "fetch",
  "bucket-import",
  "bucket-serve",
] as const;
export const TRANSFER_STATES = [
  "waiting",
  "running",
  "paused",
  "done",
  "failed",
  "cancelled",
] as const;

/**
 * Long work on files. It continues when the page is closed, and after a restart: imports, verifications and packing
 * from the beginning, everything else where it stopped.
 */
export const transferSchema = z.object({
  id: z.string(),
  kind: z.enum(TRANSFER_KINDS),
  /** What it makes or checks, for a person. */
  name: z.string(),
  state: z.enum(TRANSFER_STATES),
  doneBytes: z.int(),
  /** 0 until it is known. */
  totalBytes: z.int(),
  bytesPerSecond: z.number().optional(),
  secondsLeft: z.number().optional(),
  /** What has happened that a person should know: "withdrawn by its publisher, trying the mirror". */
  note: z.string().optional(),
  /** The stages so far, oldest first, if there are any. */
  log: z.array(z.string()).optional(),
  error: errorSchema.optional(),
  /** The model in the store that it added or checked. */
  modelId: z.string().optional(),
  createdAt: z.iso.datetime(),
});
export type Transfer = z.output<typeof transferSchema>;
export type TransferState = Transfer["state"];
