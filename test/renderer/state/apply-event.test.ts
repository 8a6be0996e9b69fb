import { beforeEach, expect, test } from "vitest";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { applyEvents } from "../../../renderer/state/apply-event.ts";
import { useImages } from "../../../renderer/state/images.ts";
import { useProgress } from "../../../renderer/state/progress.ts";
import { useQueue } from "../../../renderer/state/queue.ts";
import { useTransfers } from "../../../renderer/state/transfers.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";
import { generationOf, imageOf, orderOf } from "../../fakes/fake-studio-rows.ts";

const progress = { stage: "denoising", step: 3, steps: 30 } as const;

beforeEach(() => {
  useQueue.setState(useQueue.getInitialState(), true);
  useProgress.setState(useProgress.getInitialState(), true);
  useImages.setState(useImages.getInitialState(), true);
  useTransfers.setState(useTransfers.getInitialState(), true);
});

test("reset reads the whole queue and all transfers before anything that follows", async () => {
  const studio = createStudio(new FakeStudio("busy").client());
  await applyEvents([{ type: "reset" }], studio);
  expect(useQueue.getState()).toMatchObject({ isLoaded: true, isPaused: false });
  expect(useQueue.getState().openIds).toHaveLength(5);
  expect(useTransfers.getState().all).toHaveLength(1);
});

test("a tick without a preview keeps the previous one", async () => {
  const studio = createStudio(new FakeStudio("empty").client());
  const preview = "/pictures/preview/1";
  await applyEvents(
    [{ type: "progress", generationId: "1", progress: { ...progress, preview } }],
    studio,
  );
  await applyEvents(
    [{ type: "progress", generationId: "1", progress: { ...progress, step: 4 } }],
    studio,
  );
  expect(useProgress.getState()).toEqual({ "1": { ...progress, step: 4, preview } });
});

test("what has ended has no progress any more, and causes a better estimate", async () => {
  const studio = createStudio(new FakeStudio("empty").client());
  const estimate = studio.queries.generation.estimate.queryOptions({ input: { prompt: "a" } });
  await studio.cache.fetchQuery(estimate);
  await applyEvents([{ type: "progress", generationId: "1", progress }], studio);
  const done = { ...generationOf(orderOf(0), 0, { state: "done" }), id: "1" };
  await applyEvents([{ type: "generations-changed", generations: [done] }], studio);
  expect(useProgress.getState()).toEqual({});
  expect(studio.cache.getQueryState(estimate.queryKey)?.isInvalidated).toBe(true);
});

test("changed pictures are merged, and the gallery is read again", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  const names = studio.queries.gallery.names.queryOptions({ input: {} });
  await studio.cache.fetchQuery(names);
  const image = imageOf(orderOf(0), 0);
  await applyEvents([{ type: "images-changed", images: [image] }], studio);
  expect(useImages.getState()).toEqual({ [image.id]: image });
  expect(studio.cache.getQueryState(names.queryKey)?.isInvalidated).toBe(true);
  await applyEvents([{ type: "images-removed", ids: [image.id] }], studio);
  expect(useImages.getState()).toEqual({});
});
