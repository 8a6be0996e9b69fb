import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { LOCAL_TARGET, type Estimate, type OtherOrder } from "../contract/generation.ts";
import { cellRequests, checkGrid, type Grid } from "../contract/grid.ts";
import type { Order } from "../contract/order.ts";
import type { Recording } from "../contract/recordings.ts";
import type { GenerationRequest } from "../contract/request.ts";
import { withStyles } from "../contract/styles.ts";
import { ordersOf } from "../drawing/order.ts";
import { randomSeed } from "../drawing/random-seed.ts";
import { refuseMissingDecoder, tinyDecoderFor } from "../drawing/tiny-decoder.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { StyleFile } from "../settings/style-file.ts";
import type { EndpointHistory } from "../worker/endpoint-history.ts";
import type { Estimates } from "../worker/estimates.ts";
import type { Lanes } from "../worker/lanes.ts";
import { checkSentAxes, endpointEstimate, endpointOrders } from "./endpoint-orders.ts";
import { os } from "./implementer.ts";
import type { InitImages } from "./init-images.ts";
import type { LiveQueue } from "./live-queue.ts";
import type { LocalServer } from "./local-server.ts";
import { orderOf, readReplay, recordingOf } from "./recording.ts";
import type { ModelReader } from "../worker/model-reader.ts";

export interface GenerationParts {
  readonly live: LiveQueue;
  readonly lanes: Pick<Lanes, "added" | "wake" | "cancel" | "forget">;
  readonly models: ModelReader;
  readonly settings: SettingsFile;
  readonly styles: Pick<StyleFile, "named">;
  readonly initImages: InitImages;
  readonly gallery: Pick<Gallery, "fileOf" | "get">;
  readonly server: Pick<LocalServer, "get">;
  readonly estimates: Pick<Estimates, "of">;
  readonly endpoints: Pick<Endpoints, "get" | "list">;
  readonly history: Pick<EndpointHistory, "expected">;
}

/** Requesting pictures, and everything around it. */
export function generationProcedures(parts: GenerationParts) {
  const { live, lanes, initImages, models, settings, estimates } = parts;
  const { queue } = live;
  return {
    enqueue: os.generation.enqueue.handler(async ({ input }) => {
      const { isFirst = false, target = LOCAL_TARGET, elsewhere: others = [], ...request } = input;
      const orders = await ordersFor(parts, request, target);
      const elsewhere = await otherOrders(parts, others, orders.length);
      const generationIds = queue.add(orders, { isFirst, target, elsewhere });
      lanes.added(target, generationIds.length);
      return { generationIds };
    }),
    ...gridProcedures(parts),
    get: os.generation.get.handler(({ input }) => live.get(input.id)),
    cancel: os.generation.cancel.handler(({ input }) => {
      for (const id of queue.cancel(input.ids)) lanes.cancel(id);
    }),
    cancelOthers: os.generation.cancelOthers.handler(() => queue.cancelOthers()),
    retry: os.generation.retry.handler(({ input }) => {
      queue.retry(input.ids);
      lanes.wake();
    }),
    move: os.generation.move.handler(({ input }) => queue.move(input.id, input.before)),
    prune: os.generation.prune.handler(({ input }) => lanes.forget(queue.prune(input.ids))),
    estimate: os.generation.estimate.handler(async ({ input }) => {
      const { isFirst: _f, elsewhere: _e, target = LOCAL_TARGET, ...request } = input;
      if (target !== LOCAL_TARGET) return estimateAt(parts, target, request);
      const { request: styled } = withStyles(request, parts.styles.named(request.styles ?? []));
      const [order] = await localOrders(parts, styled);
      return estimates.of(order);
    }),
    countTokens: os.generation.countTokens.handler(({ input: { model, prompt } }) =>
      models.countTokens(model ?? settings.read().model, prompt),
    ),
    decoders: os.generation.decoders.handler(async ({ input: { model } }) => {
      const { model: usual, tinyDecoder } = settings.read();
      const read = await models.read(model ?? usual);
      // An unreadable decoder counts as none.
      const tiny = await tinyDecoderFor(read, tinyDecoder).catch(() => undefined);
      return tiny === undefined ? ["own"] : ["own", "tiny"];
    }),
    addInitImage: os.generation.addInitImage.handler(async ({ input: { file } }) =>
      initImages.add(await file.bytes(), file.name),
    ),
    useAsInitImage: os.generation.useAsInitImage.handler(async ({ input }) => {
      const path = parts.gallery.fileOf(input.imageId);
      return initImages.add(await readFile(path), basename(path));
    }),
    getInitImage: os.generation.getInitImage.handler(({ input }) => initImages.get(input.id)),
    recall: os.generation.recall.handler(async ({ input: { file } }) => {
      // The codec is a large native module, so it is loaded with the first picture that needs it.
      const { readForeignGeneration } = await import("../codecs/read-generation.ts");
      return readForeignGeneration(await file.bytes(), file.name);
    }),
    record: os.generation.record.handler(async ({ input }) => recordingFor(parts, input)),
    readRecorded: os.generation.readRecorded.handler(({ input: { file } }) => readReplay(file)),
  };
}

/** How long the first picture of a request will take at an endpoint; its texts do not matter. */
function estimateAt(
  { endpoints, history }: GenerationParts,
  target: string,
  request: GenerationRequest,
): Estimate {
  const endpoint = endpoints.get(target);
  const [order] = endpointOrders(request, endpoint, "0");
  return endpointEstimate(endpoint, order, history.expected(target, order));
}

/** Requests for whole grids. */
function gridProcedures(parts: GenerationParts) {
  const { live, lanes, estimates, endpoints, history } = parts;
  return {
    enqueueGrid: os.generation.enqueueGrid.handler(async ({ input: { request: asked, grid } }) => {
      const { isFirst = false, target = LOCAL_TARGET, ...request } = asked;
      const orders = await gridOrders(parts, { request, grid, target });
      const generationIds = live.queue.add(orders, { isFirst, target });
      lanes.added(target, generationIds.length);
      return { generationIds };
    }),
    estimateGrid: os.generation.estimateGrid.handler(
      async ({ input: { request: asked, grid } }) => {
        const { isFirst: _first, target = LOCAL_TARGET, ...request } = asked;
        const orders = await gridOrders(parts, { request, grid, target });
        const each = await Promise.all(
          orders.map(async (order) =>
            target === LOCAL_TARGET
              ? estimates.of(order)
              : endpointEstimate(endpoints.get(target), order, history.expected(target, order)),
          ),
        );
        const seconds = each.reduce((sum, estimate) => sum + estimate.seconds, 0);
        return { cells: orders.length, seconds };
      },
    ),
  };
}

/**
 * The request for a picture or generation. If it was drawn by another program, or by an endpoint that does not speak v2
 * over REST, the request is to this machine's server.
 */
async function recordingFor(
  { gallery, live, endpoints, server }: GenerationParts,
  input: { readonly imageId: string } | { readonly id: string },
): Promise<Recording> {
  const { order, target } =
    "id" in input ? live.get(input.id) : await orderOfImage(gallery, input.imageId);
  const endpoint = endpoints.list().find(({ id }) => id === target);
  return recordingOf(order, endpoint?.kind === "v2" ? { endpoint } : { server: server.get() });
}

async function orderOfImage(gallery: GenerationParts["gallery"], id: string) {
  const { record, target } = await gallery.get(id);
  return { order: orderOf(record), target };
}

/** Orders for whatever target draws them, with styles applied. Refuses what it cannot draw. */
async function ordersFor(
  parts: GenerationParts,
  asked: GenerationRequest,
  target: string,
): Promise<readonly Order[]> {
  const { request, typed } = withStyles(asked, parts.styles.named(asked.styles ?? []));
  const orders =
    target === LOCAL_TARGET
      ? await localOrders(parts, request)
      : endpointOrders(request, parts.endpoints.get(target), randomSeed());
  return orders.map((order) => ({ ...order, ...typed }));
}

/** For each picture, what the other targets would draw instead. Targets that cannot are left out. */
async function otherOrders(
  parts: GenerationParts,
  requests: readonly GenerationRequest[],
  count: number,
): Promise<readonly (readonly OtherOrder[])[]> {
  const all = await Promise.all(
    requests.map(async ({ target = LOCAL_TARGET, ...request }) => {
      const asked = ordersFor(parts, { ...request, count }, target);
      const orders = await asked.catch((error: unknown) => {
        if (error instanceof StudioError) return [];
        throw error;
      });
      return orders.map((order) => ({ target, order }));
    }),
  );
  return Array.from({ length: count }, (_, i) => all.flatMap((orders) => orders[i] ?? []));
}

interface AskedGrid {
  readonly request: GenerationRequest;
  readonly grid: Grid;
  readonly target: string;
}

/** One order per cell, row by row. If no seed is given, all cells share a random one. */
async function gridOrders(
  parts: GenerationParts,
  { request, grid: { x, y }, target }: AskedGrid,
): Promise<readonly Order[]> {
  checkGrid({ x, y }, request);
  const id = randomUUID();
  const seeded = { ...request, seed: request.seed ?? randomSeed() };
  const orders: Order[] = [];
  // One after the other, since a model axis reads each model.
  for (const { column, row, request: cell } of cellRequests(seeded, { x, y })) {
    const [order] = await ordersFor(parts, cell, target);
    if (order) orders.push({ ...order, grid: { id, x, ...(y && { y }), column, row } });
  }
  if (target !== LOCAL_TARGET) checkSentAxes({ x, y }, orders, parts.endpoints.get(target));
  return orders;
}

/** Orders for this device. Also refuses a start image that does not exist. */
async function localOrders(
  { models, settings, initImages }: GenerationParts,
  request: GenerationRequest,
): Promise<[Order, ...Order[]]> {
  const name = request.model ?? settings.read().model;
  if (request.initImageId !== undefined) await initImages.find(request.initImageId);
  const read = await models.read(name);
  await refuseMissingDecoder(request, read, settings.read().tinyDecoder);
  return ordersOf(request, { name, read }, randomSeed());
}
