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
 * What happens in the studio, as it happens. Each event carries a number as its id; who comes back
 * with the last one gets what it missed. `reset` opens a stream that cannot do that: take everything
 * anew.
 */
export const studioEventSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("reset") }),
  /** Rows that are new or have changed. */
  z.object({ type: z.literal("generations-changed"), generations: z.array(generationSchema) }),
  z.object({ type: z.literal("generations-removed"), ids: z.array(z.string()) }),
  /** The open rows' new order, or pausing. */
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
  /** Pictures that are new or have changed: starred, rated, tagged, put into albums, trashed, restored. */
  z.object({ type: z.literal("images-changed"), images: z.array(imageSchema) }),
  /** Albums were made, changed, deleted, filled or emptied. */
  z.object({ type: z.literal("albums-changed") }),
  z.object({ type: z.literal("images-removed"), ids: z.array(z.string()) }),
  /** The index is being built anew from the pictures. */
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
  /** Requests that are new or have got further; sent a few times a second at most. */
  z.object({ type: z.literal("served-requests-changed"), requests: z.array(servedRequestSchema) }),
  z.object({ type: z.literal("served-requests-cleared") }),
  /** Endpoints that are new or have changed. */
  z.object({ type: z.literal("endpoints-changed"), endpoints: z.array(endpointSchema) }),
  z.object({ type: z.literal("endpoints-removed"), ids: z.array(z.string()) }),
  /** Connections to buckets that are new or have changed. */
  z.object({ type: z.literal("connections-changed"), connections: z.array(connectionSchema) }),
  z.object({ type: z.literal("connections-removed"), ids: z.array(z.string()) }),
  /** Clusters that are new or have changed. */
  z.object({ type: z.literal("clusters-changed"), clusters: z.array(clusterSchema) }),
  z.object({ type: z.literal("clusters-removed"), ids: z.array(z.string()) }),
]);
export type StudioEvent = z.output<typeof studioEventSchema>;
