import { z } from "zod";

/** The states of a deployment between "applied" and its first picture, in their usual order. */
export const DEPLOY_STATES = [
  "requested",
  "invalid",
  "quota-exceeded",
  "security-refused",
  "unschedulable",
  "starting",
  "mount-failed",
  "image-pulling",
  "image-failed",
  "storage-copying",
  "storage-failed",
  "model-loading",
  "model-failed",
  "worker-died",
  "out-of-memory",
  "crash-looping",
  "queue-full",
  "revision-not-ready",
  "route-not-ready",
  "scaled-to-zero",
  "removing",
  "ready",
] as const;
export type DeployStateName = (typeof DEPLOY_STATES)[number];

/** Containers whose logs are read: the one that copies from the bucket, and the one that serves. */
export const WATCHED_CONTAINERS = ["storage-initializer", "kserve-container"] as const;
export type WatchedContainer = (typeof WATCHED_CONTAINERS)[number];

/** A line of a container's log, and its meaning if known. */
export const deployLogLineSchema = z.object({
  container: z.enum(WATCHED_CONTAINERS),
  text: z.string(),
  meaning: z.string().optional(),
  /** Whether it reports a problem. */
  isTrouble: z.boolean(),
});
export type DeployLogLine = z.output<typeof deployLogLineSchema>;

/** What a deployment is waiting for, in words, and what to do about it. */
export const deployStateSchema = z.object({
  state: z.enum(DEPLOY_STATES),
  /** `trouble` can still resolve by itself, for example when a machine with a GPU becomes free. */
  outlook: z.enum(["waiting", "trouble", "ready"]),
  sentence: z.string(),
  /** What to do, if anything can be done. */
  advice: z.string().optional(),
  /** The cluster's own message. */
  said: z.string().optional(),
  /** The current attempt of KServe's wrapper to load the model. */
  tries: z.object({ now: z.int(), of: z.int() }).optional(),
  /** The last lines of the containers' logs, oldest first. */
  lines: z.array(deployLogLineSchema),
});
export type DeployState = z.output<typeof deployStateSchema>;
