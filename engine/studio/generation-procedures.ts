import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { CheckedRequest } from "../contract/generation.ts";
import { randomSeed } from "../drawing/random-seed.ts";
import type { Gallery } from "../gallery/gallery.ts";
import type { SettingsFile } from "../settings/settings-file.ts";
import type { DrawingWorker } from "../worker/drawing-worker.ts";
import type { Estimates } from "../worker/estimates.ts";
import { os } from "./implementer.ts";
import type { InitImages } from "./init-images.ts";
import type { LiveQueue } from "./live-queue.ts";
import type { ModelReader } from "../worker/model-reader.ts";
import { ordersOf, type Asked } from "./orders.ts";

export interface GenerationParts {
  readonly live: LiveQueue;
  readonly worker: DrawingWorker;
  readonly models: ModelReader;
  readonly settings: SettingsFile;
  readonly initImages: InitImages;
  readonly gallery: Pick<Gallery, "fileOf">;
  readonly estimates: Pick<Estimates, "of">;
}

/** Asking for pictures, and everything around the asking. */
export function generationProcedures(parts: GenerationParts) {
  const { live, worker, initImages, models, settings, estimates } = parts;
  const { queue } = live;
  return {
    enqueue: os.generation.enqueue.handler(async ({ input }) => {
      const orders = ordersOf(await ask(parts, input), randomSeed);
      const generationIds = queue.add(orders, { isFirst: input.isFirst });
      worker.wake();
      return { generationIds };
    }),
    get: os.generation.get.handler(({ input }) => live.get(input.id)),
    cancel: os.generation.cancel.handler(({ input }) => {
      for (const id of queue.cancel(input.ids)) worker.cancel(id);
    }),
    cancelOthers: os.generation.cancelOthers.handler(() => queue.cancelOthers()),
    retry: os.generation.retry.handler(({ input }) => {
      queue.retry(input.ids);
      worker.wake();
    }),
    move: os.generation.move.handler(({ input }) => queue.move(input.id, input.before)),
    prune: os.generation.prune.handler(({ input }) => worker.forget(queue.prune(input.ids))),
    estimate: os.generation.estimate.handler(async ({ input }) => {
      const [order] = ordersOf(await ask(parts, { ...input, count: 1 }), () => 0n);
      return estimates.of(order);
    }),
    countTokens: os.generation.countTokens.handler(({ input: { model, prompt } }) =>
      models.countTokens(model ?? settings.read().model, prompt),
    ),
    addInitImage: os.generation.addInitImage.handler(async ({ input: { file } }) =>
      initImages.add(await file.bytes(), file.name),
    ),
    useAsInitImage: os.generation.useAsInitImage.handler(async ({ input }) => {
      const path = parts.gallery.fileOf(input.imageId);
      return initImages.add(await readFile(path), basename(path));
    }),
    getInitImage: os.generation.getInitImage.handler(({ input }) => initImages.get(input.id)),
    recall: os.generation.recall.handler(async ({ input: { file } }) => {
      // The codec is native and large, so it is loaded with the first picture that needs it.
      const { readForeignGeneration } = await import("../codecs/read-generation.ts");
      return readForeignGeneration(await file.bytes(), file.name);
    }),
  };
}

/** Finds the model that is asked, and refuses a picture to start from that is not there. */
async function ask(parts: GenerationParts, request: CheckedRequest): Promise<Asked> {
  const model = request.model ?? parts.settings.read().model;
  if (request.initImageId !== undefined) await parts.initImages.read(request.initImageId);
  return { request, model, read: await parts.models.read(model) };
}
