import { expect, test } from "vitest";
import { guide } from "../../../engine/pipeline/guidance.ts";
import { imageToImage } from "../../../engine/pipeline/image-to-image.ts";
import type { PipelineEvent, PipelineRequest } from "../../../engine/pipeline/pipeline.ts";
import { textToImage } from "../../../engine/pipeline/text-to-image.ts";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";
import { planSteps } from "../../../engine/schedulers/plan-steps.ts";
import { tensor } from "../../../engine/tensor/tensor.ts";
import { FakeNetworks, fakeParts } from "../../fakes/fake-networks.ts";

const config = readSchedulerConfig({
  _class_name: "DDIMScheduler",
  beta_schedule: "scaled_linear",
});
const request: PipelineRequest = {
  prompt: "a dog",
  negativePrompt: "",
  plan: planSteps(config, 3),
  guidanceScale: 7.5,
  height: 16,
  width: 24,
  seed: 5n,
  count: 1,
};
const picture = tensor([1, 3, 16, 24], new Float32Array(3 * 16 * 24));

async function collect(events: AsyncIterable<PipelineEvent>): Promise<PipelineEvent[]> {
  const all: PipelineEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test("guidance is unconditional + scale * (conditional - unconditional)", () => {
  expect(guide(Float32Array.of(1, 2, 3, 6), 2)).toEqual(Float32Array.of(5, 10));
});

test("yields the text, every step and the picture, in this order", async () => {
  const events = await collect(textToImage(fakeParts(new FakeNetworks()), request));
  expect(
    events.map((event) => (event.kind === "step" ? `${event.step} of ${event.steps}` : event.kind)),
  ).toEqual(["text", "1 of 3", "2 of 3", "3 of 3", "image"]);
});

test.each([
  [7.5, 2],
  [1, 1],
  [0.5, 1],
  [0, 1],
])(
  "guidance %d runs the UNet in a batch of %i, and the text once for all pictures",
  async (guidanceScale, batch) => {
    const networks = new FakeNetworks();
    await collect(textToImage(fakeParts(networks), { ...request, guidanceScale, count: 2 }));
    const unet = Array.from({ length: 3 }, () => ({ network: "UNet", batch }));
    const decoder = { network: "VAE decoder", batch: 1 };
    expect(networks.runs).toEqual([
      { network: "text encoder", batch },
      ...unet,
      decoder,
      ...unet,
      decoder,
    ]);
  },
);

test("picture i has seed + i, and after the last 64-bit number comes 0", async () => {
  const events = await collect(
    textToImage(fakeParts(new FakeNetworks()), { ...request, seed: 2n ** 64n - 1n, count: 2 }),
  );
  expect(events.flatMap((event) => (event.kind === "image" ? [event.seed] : []))).toEqual([
    2n ** 64n - 1n,
    0n,
  ]);
});

test("image to image runs the last strength * steps steps", async () => {
  const networks = new FakeNetworks();
  const events = await collect(
    imageToImage(fakeParts(networks), { ...request, image: picture, strength: 0.7, steps: 3 }),
  );
  expect(events.filter(({ kind }) => kind === "step").length).toBe(2);
  expect(networks.runs[1]).toEqual({ network: "VAE encoder", batch: 1 });
});

test("a strength that leaves no step is refused before any work", async () => {
  const networks = new FakeNetworks();
  const run = collect(
    imageToImage(fakeParts(networks), { ...request, image: picture, strength: 0.1, steps: 3 }),
  );
  await expect(run).rejects.toMatchObject({
    code: "REQUEST_INVALID",
    details: { field: "strength", value: 0.1 },
  });
  expect(networks.runs).toEqual([]);
});

test.each([
  ["UNet", Number.NaN, { network: "UNet", step: 1 }],
  ["VAE decoder", Number.POSITIVE_INFINITY, { network: "VAE", step: "the last" }],
  ["text encoder", Number.NaN, { network: "text encoder", step: 0 }],
])("numbers of the %s that are %d are named, not drawn", async (network, value, details) => {
  const networks = new FakeNetworks();
  networks.spoil = (name, data) => {
    if (name === network) data[3] = value;
  };
  await expect(collect(textToImage(fakeParts(networks), request))).rejects.toMatchObject({
    code: "NOT_FINITE",
    details,
  });
});

test("a cancel between steps ends the run with its reason, and runs nothing more", async () => {
  const networks = new FakeNetworks();
  const cancel = new AbortController();
  const reason = new DOMException("cancelled", "AbortError");
  const run = (async () => {
    for await (const event of textToImage(fakeParts(networks), request, cancel.signal)) {
      if (event.kind === "step") cancel.abort(reason);
    }
  })();
  await expect(run).rejects.toBe(reason);
  expect(networks.runs.filter(({ network }) => network === "UNet").length).toBe(1);
});
