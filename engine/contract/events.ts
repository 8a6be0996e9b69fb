import { z } from "zod";
import { connectionSchema } from "./buckets.ts";
import { clusterSchema } from "./clusters.ts";
import { endpointSchema } from "./endpoints.ts";
import { imageSchema } from "./gallery.ts";
import { generationSchema } from "./generation.ts";
import { progressSchema } from "./progress.ts";
import { servedRequestSchema, serverSchema } from "./server.ts";
import { settingsSchema } from "./settings.ts";
import { transferSchema } from "./transfers.ts";

/**
 * Events of the studio. Each has a number as its id; a client that resumes with the last one gets what it missed. If
 * that is not possible, the stream starts with `reset`: read everything again.
 */
export const studioEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("reset") }),
  /** New or changed rows. */
  z.object({ type: z.literal("generations-changed"), generations: z.array(generationSchema) }),
  z.object({ type: z.literal("generations-removed"), ids: z.array(z.string()) }),
  /** The new order of open rows, or a change of pausing. */
  z.object({
    type: z.literal("queue-changed"),
    isPaused: z.boolean(),
    openIds: z.array(z.string()),
  }),
  z.object({
    type: z.literal("progress"),
    generationId: z.string(),
    progress: progressSchema,
  }),
  /** New or changed pictures: starred, rated, tagged, put into albums, trashed, restored. */
  z.object({ type: z.literal("images-changed"), images: z.array(imageSchema) }),
  /** Albums were made, changed, deleted, filled or emptied. */
  z.object({ type: z.literal("albums-changed") }),
  z.object({ type: z.literal("images-removed"), ids: z.array(z.string()) }),
  /** The index is being rebuilt from the pictures. */
  z.object({
    type: z.literal("rebuild-progress"),
    done: z.int(),
    total: z.int(),
    isFinished: z.boolean(),
  }),
  z.object({ type: z.literal("models-changed") }),
  z.object({ type: z.literal("transfers-changed"), transfers: z.array(transferSchema) }),
  z.object({ type: z.literal("transfers-removed"), ids: z.array(z.string()) }),
  z.object({ type: z.literal("settings-changed"), settings: settingsSchema }),
  z.object({ type: z.literal("styles-changed") }),
  z.object({ type: z.literal("machine-changed") }),
  z.object({ type: z.literal("server-changed"), server: serverSchema }),
  z.object({ type: z.literal("server-keys-changed") }),
  /** New or changed requests; sent at most a few times per second. */
  z.object({ type: z.literal("served-requests-changed"), requests: z.array(servedRequestSchema) }),
  z.object({ type: z.literal("served-requests-cleared") }),
  /** New or changed endpoints. */
  z.object({ type: z.literal("endpoints-changed"), endpoints: z.array(endpointSchema) }),
  z.object({ type: z.literal("endpoints-removed"), ids: z.array(z.string()) }),
  /** New or changed connections to buckets. */
  z.object({ type: z.literal("connections-changed"), connections: z.array(connectionSchema) }),
  z.object({ type: z.literal("connections-removed"), ids: z.array(z.string()) }),
  /** New or changed clusters. */
  z.object({ type: z.literal("clusters-changed"), clusters: z.array(clusterSchema) }),
  z.object({ type: z.literal("clusters-removed"), ids: z.array(z.string()) }),
]);
export type StudioEvent = z.output<typeof studioEventSchema>;
