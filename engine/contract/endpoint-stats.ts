import { oc } from "@orpc/contract";
import { z } from "zod";
import { endpointIdSchema } from "./endpoint-id.ts";

/** Periods: 24 hours, 7 days, 30 days. */
export const STATS_SPANS = ["day", "week", "month"] as const;
export type StatsSpan = (typeof STATS_SPANS)[number];

const times = {
  /** Median and 95th percentile in seconds, accurate to 5 %. Absent if there are none. */
  p50: z.number().optional(),
  p95: z.number().optional(),
};

/** The requests to an endpoint, and their results, over a period. */
export const endpointStatsSchema = z.object({
  id: endpointIdSchema,
  span: z.enum(STATS_SPANS),
  /**
   * Pictures; their time is from request to reply. The small pictures of a test or of a trial of settings cost the
   * server work, so they count, but not their times, and not their failures, which a trial may provoke.
   */
  pictures: z.object({
    done: z.int(),
    failed: z.int(),
    /** By the refusal's code. */
    failures: z.record(z.string(), z.int()),
    ...times,
    bytesOut: z.number(),
    bytesIn: z.number(),
    /** The server's own figure if its reply contains one, otherwise the time it took to answer. */
    gpuSeconds: z.number(),
    /** For how many of the pictures the server reported it. */
    gpuTold: z.int(),
  }),
  /** Background checks of readiness. */
  checks: z.object({ ready: z.int(), others: z.int(), ...times }),
  /** The period in equal parts, oldest first. */
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

/** The statistics of one endpoint, or of all, over a period. */
export const stats = oc
  .input(z.object({ id: endpointIdSchema.optional(), span: z.enum(STATS_SPANS).default("day") }))
  .output(z.array(endpointStatsSchema));
