import { z } from "zod";
import { requestSchema } from "./request.ts";

/** One request in the forms that people keep. None holds a secret: they read `variables` of the environment. */
export const recordingSchema = z.object({
  /** The body of an inference request of protocol v2. */
  v2: z.string(),
  curl: z.string(),
  /** Python with requests, as in the customer's notebook. */
  requests: z.string(),
  /** Python with Triton's client. */
  triton: z.string(),
  variables: z.array(z.string()),
});
export type Recording = z.output<typeof recordingSchema>;

export const RECORDING_FORMS = ["v2", "curl", "requests", "triton"] as const;
export type RecordingForm = (typeof RECORDING_FORMS)[number];

/** What a file that was recorded asks for, and of whom where it says so. */
export const replaySchema = z.object({
  /** One for each picture, or for pictures whose seeds follow each other. */
  requests: z.array(requestSchema).min(1),
  /** The address that a curl line asks. */
  url: z.string().optional(),
});
export type Replay = z.output<typeof replaySchema>;
