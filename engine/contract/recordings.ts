import { z } from "zod";
import { requestSchema } from "./request.ts";

/**
 * A request in several forms for reuse. They contain no secrets: those are read from `variables` of the environment.
 */
export const recordingSchema = z.object({
  /** The body of a protocol v2 inference request. */
  v2: z.string(),
  curl: z.string(),
  /** Python with requests, as in the KServe example's notebook. */
  requests: z.string(),
  /** Python with Triton's client. */
  triton: z.string(),
  variables: z.array(z.string()),
});
export type Recording = z.output<typeof recordingSchema>;

export const RECORDING_FORMS = ["v2", "curl", "requests", "triton"] as const;
export type RecordingForm = (typeof RECORDING_FORMS)[number];

/** The settings in a recorded file, and the endpoint if it names one. */
export const replaySchema = z.object({
  /** One for each picture, or for pictures with consecutive seeds. */
  requests: z.array(requestSchema).min(1),
  /** The address in a curl command or a program. */
  url: z.string().optional(),
});
export type Replay = z.output<typeof replaySchema>;
