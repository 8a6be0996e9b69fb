import type { StudioEvent } from "../../engine/contract/events.ts";
import type { Studio } from "../connection/studio.tsx";
import { forgetConnections, mergeConnections } from "./connections.ts";
import { forgetEndpoints, mergeEndpoints } from "./endpoints.ts";
import { forgetImages, mergeImages, useImages, wantImages } from "./images.ts";
import { forgetProgress, tick } from "./progress.ts";
import { forgetGenerations, isOpen, mergeGenerations, orderQueue, replaceQueue } from "./queue.ts";
import { useRebuild } from "./rebuild.ts";
import {
  forgetServedRequests,
  mergeServedRequests,
  renewServedRequests,
} from "./served-requests.ts";
import { showSettings } from "./settings.ts";
import { forgetTransfers, mergeTransfers, replaceTransfers } from "./transfers.ts";

type EventOf<T extends StudioEvent["type"]> = Extract<StudioEvent, { type: T }>;
type Handlers = {
  [T in StudioEvent["type"]]: (event: EventOf<T>, studio: Studio) => Promise<void> | void;
};

/** Applies each event to what the pages know; this is the only place that does. */
const HANDLERS: Handlers = {
  reset: (_, studio) => takeSnapshot(studio),
  "generations-changed": ({ generations }, { cache, queries }) => {
    mergeGenerations(generations);
    const running = generations.flatMap(({ id, progress }) => (progress ? [{ id, progress }] : []));
    for (const { id, progress } of running) tick(id, progress);
    forgetProgress(generations.filter((generation) => !isOpen(generation)).map(({ id }) => id));
    // Every finished picture improves the next estimate.
    if (generations.some(({ state }) => state === "done"))
      void cache.invalidateQueries({ queryKey: queries.generation.estimate.key() });
  },
  "generations-removed": ({ ids }) => forgetGenerations(ids),
  "queue-changed": ({ isPaused, openIds }) => orderQueue(isPaused, openIds),
  progress: ({ generationId, progress }) => tick(generationId, progress),
  "images-changed": ({ images }, studio) => {
    mergeImages(images);
    refreshGallery(studio);
  },
  // The records of pictures in a renamed or deleted album also change.
  "albums-changed": (_, studio) => {
    wantImages(studio.client, Object.keys(useImages.getState()), true);
    refreshGallery(studio);
  },
  "images-removed": ({ ids }, studio) => {
    forgetImages(ids);
    refreshGallery(studio);
  },
  "rebuild-progress": ({ done, total, isFinished }, studio) => {
    useRebuild.setState({ done, total, isRunning: !isFinished });
    if (isFinished) refreshGallery(studio);
  },
  "models-changed": (_, { cache, queries }) => {
    void cache.invalidateQueries({ queryKey: queries.models.key() });
    void cache.invalidateQueries({ queryKey: queries.generation.key() });
  },
  "transfers-changed": ({ transfers }) => mergeTransfers(transfers),
  "transfers-removed": ({ ids }) => forgetTransfers(ids),
  "settings-changed": ({ settings }, studio) => {
    showSettings(studio, settings);
    const { cache, queries } = studio;
    void cache.invalidateQueries({ queryKey: queries.generation.key() });
  },
  "styles-changed": (_, { cache, queries }) => {
    void cache.invalidateQueries({ queryKey: queries.styles.key() });
  },
  "machine-changed": (_, { cache, queries }) => {
    void cache.invalidateQueries({ queryKey: queries.machine.get.queryKey() });
    void cache.invalidateQueries({ queryKey: queries.devices.key() });
    void cache.invalidateQueries({ queryKey: queries.generation.estimate.key() });
    // Fit and expected times depend on the device.
    void cache.invalidateQueries({ queryKey: queries.models.key() });
  },
  "server-changed": ({ server }, { cache, queries }) => {
    cache.setQueryData(queries.server.get.queryKey(), server);
  },
  "server-keys-changed": (_, { cache, queries }) => {
    void cache.invalidateQueries({ queryKey: queries.server.keys.queryKey() });
  },
  "served-requests-changed": ({ requests }, { cache, queries }) => {
    mergeServedRequests(requests);
    for (const { id } of requests)
      void cache.invalidateQueries({
        queryKey: queries.server.exchange.queryKey({ input: { id } }),
      });
  },
  "served-requests-cleared": forgetServedRequests,
  "endpoints-changed": ({ endpoints }, studio) => mergeEndpoints(endpoints, studio),
  "endpoints-removed": ({ ids }, studio) => forgetEndpoints(ids, studio),
  "connections-changed": ({ connections }, studio) => mergeConnections(connections, studio),
  "connections-removed": ({ ids }, studio) => forgetConnections(ids, studio),
  "clusters-changed": refreshClusters,
  "clusters-removed": refreshClusters,
};

/**
 * Resolves when the events have been applied. `reset` reads everything, and later events wait for it; all others are
 * applied in the same task, so that the page renders once.
 */
export async function applyEvents(events: readonly StudioEvent[], studio: Studio): Promise<void> {
  for (const event of events) {
    const reading = applyEvent(event, studio);
    if (reading !== undefined) await reading;
  }
}

function applyEvent<T extends StudioEvent["type"]>(
  event: EventOf<T> & { type: T },
  studio: Studio,
): Promise<void> | void {
  return HANDLERS[event.type](event, studio);
}

/**
 * The first pages read their data just before the first stream started. What may have been missed in between is read
 * after they are shown: reading 50,000 names twice in a row would delay them.
 */
const FIRST_REST_MS = 1500;
const connected = new WeakSet<Studio>();

/** Reads everything again: at the first connection, and after too many missed events. */
async function takeSnapshot(studio: Studio): Promise<void> {
  const { client, cache } = studio;
  if (connected.has(studio)) void cache.invalidateQueries();
  else setTimeout(() => void cache.invalidateQueries(), FIRST_REST_MS);
  connected.add(studio);
  const [queue, transfers] = await Promise.all([
    client.queue.get(),
    client.transfers.list(),
    renewServedRequests(studio),
  ]);
  replaceQueue(queue);
  for (const { id, progress } of queue.generations) if (progress) tick(id, progress);
  replaceTransfers(transfers);
}

function refreshClusters(_: StudioEvent, { cache, queries }: Studio): void {
  void cache.invalidateQueries({ queryKey: queries.clusters.key() });
}

function refreshGallery({ cache, queries }: Studio): void {
  void cache.invalidateQueries({ queryKey: queries.gallery.key() });
  void cache.invalidateQueries({ queryKey: queries.models.card.key() });
}
