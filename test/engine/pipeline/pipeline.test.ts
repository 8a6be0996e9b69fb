import { expect, test } from "vitest";
import { imageToImage, takenSteps } from "../../../engine/pipeline/image-to-image.ts";
import type { PipelineEvent, Run } from "../../../engine/pipeline/pipeline.ts";
import { textToImage } from "../../../engine/pipeline/text-to-image.ts";
import { readSchedulerConfig } from "../../../engine/schedulers/config.ts";
import { planSteps } from "../../../engine/schedulers/plan-steps.ts";
import { tensor } from "../../../engine/tensor/tensor.ts";
import { refusal } from "../../fakes/refusal.ts";
import { FakeNetworks, fakeParts } from "../../fakes/fake-networks.ts";

const config = readSchedulerConfig({
  _class_name: "DDIMScheduler",
  beta_schedule: "scaled_linear",
});
const run: Run = {
  prompt: "a dog",
  negativePrompt: "",
  plan: planSteps(config, 3),
  guidanceScale: 7.5,
  guidanceWidth: null,
  height: 16,
  width: 24,
  seed: 5n,
  from: 0,
};
const picture = tensor([1, 3, 16, 24], new Float32Array(3 * 16 * 24));

async function collect(events: AsyncIterable<PipelineEvent>): Promise<PipelineEvent[]> {
  const all: PipelineEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

test("yields the text, the start, every step and the picture, in this order", async () => {
  const events = await collect(textToImage(fakeParts(new FakeNetworks()), run));
  expect(
    events.map((event) => (event.kind === "step" ? `${event.step} of ${event.steps}` : event.kind)),
  ).toEqual(["text", "start", "1 of 3", "2 of 3", "3 of 3", "image"]);
});

test.each([
  [7.5, 2],
  [1, 1],
  [0.5, 1],
  [0, 1],
])(
  "guidance %d runs the UNet in a batch of %i, and the text once for pictures with the same prompts",
  async (guidanceScale, batch) => {
    const networks = new FakeNetworks();
    const parts = fakeParts(networks);
    await collect(textToImage(parts, { ...run, guidanceScale }));
    await collect(textToImage(parts, { ...run, guidanceScale, seed: 6n }));
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

test.each([
  [false, [2, 2, 1]],
  [true, [1, 1, 1, 1, 1]],
])(
  "outside its interval guidance is one run; apart is %s: batches of %j",
  async (apart, batches) => {
    const networks = new FakeNetworks();
    const guided: Run = { ...run, guidanceInterval: [0, 0.6] };
    await collect(textToImage(fakeParts(networks, apart), guided));
    const unet = networks.runs.filter(({ network }) => network === "UNet");
    expect(unet.map(({ batch }) => batch)).toEqual(batches);
    expect(networks.runs[0]).toEqual({ network: "text encoder", batch: 2 });
  },
);

test("only some evaluations run all layers, in each of two runs", async () => {
  const networks = new FakeNetworks();
  const cached: Run = { ...run, cacheInterval: 2 };
  await collect(textToImage(fakeParts(networks), cached));
  expect(networks.reuses).toEqual(
    [false, true, false].map((isReused) => ({ of: cached, row: 0, isReused })),
  );
  const apart = new FakeNetworks();
  await collect(textToImage(fakeParts(apart, true), cached));
  expect(apart.reuses).toEqual(
    [false, true, false].flatMap((isReused) => [
      { of: cached, row: 0, isReused },
      { of: cached, row: 1, isReused },
    ]),
  );
});

test("a UNet that takes the guidance scale gets it, in a batch of one", async () => {
  const networks = new FakeNetworks();
  await collect(textToImage(fakeParts(networks), { ...run, guidanceWidth: 6 }));
  const unet = networks.runs.filter(({ network }) => network === "UNet");
  expect(unet.map(({ batch }) => batch)).toEqual([1, 1, 1]);
  expect(networks.guidance.map(({ shape }) => shape)).toEqual([
    [1, 6],
    [1, 6],
    [1, 6],
  ]);
});

test("other prompts are encoded again, and so are the same after a cancel", async () => {
  const networks = new FakeNetworks();
  const parts = fakeParts(networks);
  const cancelled = AbortSignal.abort(new DOMException("cancelled", "AbortError"));
  await expect(parts.encodePrompt(run, cancelled)).rejects.toThrow("cancelled");
  await parts.encodePrompt(run);
  await parts.encodePrompt({ ...run, negativePrompt: "blurry" });
  await parts.encodePrompt({ ...run, guidanceScale: 1 });
  await parts.encodePrompt({ ...run, guidanceScale: 1, negativePrompt: "blurry" });
  expect(networks.runs.map(({ batch }) => batch)).toEqual([2, 2, 1]);
});

test("image to image starts where the run says", async () => {
  const networks = new FakeNetworks();
  const events = await collect(imageToImage(fakeParts(networks), { ...run, from: 1 }, picture));
  expect(events.filter(({ kind }) => kind === "step").length).toBe(2);
  expect(networks.runs[1]).toEqual({ network: "VAE encoder", batch: 1 });
});

test("with 3 steps a strength of 0.7 takes 2; one that leaves none is refused", () => {
  expect(takenSteps(3, 0.7)).toBe(2);
  expect(() => takenSteps(3, 0.1)).toThrow(
    refusal("REQUEST_INVALID", {
      field: "strength",
      value: 0.1,
      reason: "of 3 steps it leaves none to run",
    }),
  );
});

test.each([
  ["UNet", Number.NaN, { network: "UNet", step: 1 }],
  ["VAE decoder", Number.POSITIVE_INFINITY, { network: "VAE", step: "the last" }],
  ["text encoder", Number.NaN, { network: "text encoder", step: 0 }],
])("numbers of the %s that are %d are reported, not drawn", async (network, value, details) => {
  const networks = new FakeNetworks();
  networks.spoil = (name, data) => {
    if (name === network) data[3] = value;
  };
  await expect(collect(textToImage(fakeParts(networks), run))).rejects.toMatchObject({
    code: "NOT_FINITE",
    details,
  });
});

test("a cancel between steps ends the run with its reason, and runs nothing more", async () => {
  const networks = new FakeNetworks();
  const cancel = new AbortController();
  const reason = new DOMException("cancelled", "AbortError");
  const drawing = (async () => {
    for await (const event of textToImage(fakeParts(networks), run, cancel.signal)) {
      if (event.kind === "step") cancel.abort(reason);
    }
  })();
  await expect(drawing).rejects.toBe(reason);
  expect(networks.runs.filter(({ network }) => network === "UNet").length).toBe(1);
});
