import { oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema } from "./endpoint-id.ts";

/** What is looked back on: 24 hours, 7 days, 30 days. */
export const STATS_SPANS = ["day", "week", "month"] as const;
export type StatsSpan = (typeof STATS_SPANS)[number];

const times = {
  /** Seconds: half of them took no longer, and 95 of 100; within a twentieth. Absent where there are none. */
  p50: z.number().optional(),
  p95: z.number().optional(),
};

/** What an endpoint was asked for, and what came of it, over a while. */
export const endpointStatsSchema = z.object({
  id: endpointIdSchema,
  span: z.enum(STATS_SPANS),
  /** Pictures; their time is from the request to the reply. */
  pictures: z.object({
    done: z.int(),
    failed: z.int(),
    /** By code of the refusal. */
    failures: z.record(z.string(), z.int()),
    ...times,
    bytesOut: z.number(),
    bytesIn: z.number(),
    /** The server's own figure where its reply tells it, else the time that it took to answer. */
    gpuSeconds: z.number(),
    /** How many of the pictures that the server told it of. */
    gpuTold: z.int(),
  }),
  /** Quiet checks of its readiness. */
  checks: z.object({ ready: z.int(), others: z.int(), ...times }),
  /** The while in equal parts, the oldest first. */
  points: z.array(
    z.object({
      at: z.iso.datetime(),
      done: z.int(),
      failed: z.int(),
      ready: z.int(),
      others: z.int(),
      ...times,
    }),
  ),
});
export type EndpointStats = z.output<typeof endpointStatsSchema>;

/** What one, or every endpoint was asked for over a while. */
export const stats = oc
  .input(z.object({ id: endpointIdSchema.optional(), span: z.enum(STATS_SPANS).default("day") }))
  .output(z.array(endpointStatsSchema));
