import { describe, expect, test } from "vitest";
import { SCHEDULER_NAMES } from "../../engine/contract/schedulers.ts";
import { fromPixels, pixels, toPixels } from "../../engine/image/pixels.ts";
import { imageToImage, takenSteps } from "../../engine/pipeline/image-to-image.ts";
import type { Run } from "../../engine/pipeline/pipeline.ts";
import { textToImage } from "../../engine/pipeline/text-to-image.ts";
import { readSchedulerConfig } from "../../engine/schedulers/config.ts";
import { planSteps } from "../../engine/schedulers/plan-steps.ts";
import { readGoldenJson } from "../golden/read-golden.ts";
import {
  load,
  psnr,
  readTensors,
  REFERENCES,
  relativeError,
  snapshotFolder,
  type ReferenceName,
} from "../golden/reference.ts";

interface Reference {
  readonly key: string;
  /** Absent means the model's own. */
  readonly scheduler?: string;
  readonly prompt: string;
  readonly negative_prompt?: string | null;
  readonly num_inference_steps: number;
  readonly guidance_scale: number;
  readonly height?: number;
  readonly width?: number;
  readonly seed: number;
  readonly strength?: number;
}

/** A picture drawn with a config of schedulers/own.json, possibly derived from another of them. */
interface OwnReference extends Reference {
  readonly config: string;
  readonly image?: string;
}

type Plane = { shape: readonly number[]; data: Float32Array };

/** A picture from torch's (1, 3, h, w), in bytes. */
function interleave({
  shape: [, , height = 0, width = 0],
  data,
}: Plane): ReturnType<typeof pixels> {
  const plane = height * width;
  return pixels(
    width,
    height,
    Uint8Array.from({ length: 3 * plane }, (_, i) => data[(i % 3) * plane + Math.floor(i / 3)]!),
  );
}

/** pictures.json was drawn with a config that left the spacing to each class; the one on disk names it. */
function withoutSpacing(config: object): object {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== "timestep_spacing"));
}

function layOut(
  reference: Reference,
  config: object,
  size: { width: number; height: number },
): Run {
  const { num_inference_steps: steps, strength } = reference;
  const scheduler = SCHEDULER_NAMES.find((known) => known === reference.scheduler);
  const plan = planSteps(readSchedulerConfig(config), steps, scheduler);
  return {
    ...size,
    prompt: reference.prompt,
    negativePrompt: reference.negative_prompt ?? "",
    plan,
    from: strength === undefined ? 0 : (steps - takenSteps(steps, strength)) * plan.order,
    guidanceScale: reference.guidance_scale,
    guidanceWidth: null,
    seed: BigInt(reference.seed),
  };
}

/** Distance in dB above which two pictures are equal except for the rounding of single levels. */
const LEAST_DB = 60;

const SETS = Object.entries(REFERENCES).flatMap(([name, expected]) =>
  ["pictures", ...(expected === "tiny-sd21-v" ? [] : ["more"])].map((set) => ({
    name: name as ReferenceName,
    expected,
    set,
  })),
);

describe.each(SETS)("$name: $set", ({ name, expected, set }) => {
  test("every picture equals the one that diffusers draws", async () => {
    const runs = readGoldenJson(`${expected}/expected/${set}.json`) as Reference[];
    const reference = readTensors(`${expected}/expected/${set}.safetensors`);
    using model = await load(snapshotFolder(name));
    const { snapshot } = model.model;
    const own = snapshot.schedulerConfig;
    // The hub's config names no spacing; the pictures were drawn from the file on disk, which does.
    const config =
      set === "pictures" ? withoutSpacing(own) : { ...own, timestep_spacing: "leading" };
    const worst: Record<string, number> = {};
    for (const run of runs) {
      const image = reference[`${run.key}.image`];
      const [, , height = run.height!, width = run.width!] = image?.shape ?? [];
      const laidOut = layOut(run, config, { width, height });
      const { parts } = model.loaded;
      const events =
        image === undefined
          ? textToImage(parts, laidOut)
          : imageToImage(parts, laidOut, fromPixels(interleave(image)));
      const trajectory: number[] = [];
      for await (const event of events) {
        if (event.kind === "step") trajectory.push(...event.latents.data);
        if (event.kind !== "image") continue;
        worst[run.key] = psnr(
          toPixels(event.decoded).data,
          interleave(reference[`${run.key}.pixels`]!).data,
        );
      }
      expect(
        relativeError(Float32Array.from(trajectory), reference[`${run.key}.trajectory`]!.data),
        run.key,
      ).toBeLessThan(1e-2);
    }
    expect(Object.keys(worst).length).toBe(runs.length);
    expect(Object.entries(worst).filter(([, decibels]) => !(decibels >= LEAST_DB))).toEqual([]);
  });
});

test("every scheduler that a model may name as its own gives diffusers' picture", async () => {
  const runs = readGoldenJson("tiny-sd2-v/expected/own-schedulers.json") as OwnReference[];
  const reference = readTensors("tiny-sd2-v/expected/own-schedulers.safetensors");
  const { configs } = readGoldenJson("schedulers/own.json") as { configs: Record<string, object> };
  using model = await load(snapshotFolder("tiny-sd2-v"));
  const { parts } = model.loaded;
  const distances: Record<string, number> = {};
  for (const run of runs) {
    const size = { width: run.width!, height: run.height! };
    const config = { ...configs[run.config], prediction_type: "v_prediction" };
    const laidOut = layOut(run, config, size);
    const events =
      run.image === undefined
        ? textToImage(parts, laidOut)
        : imageToImage(parts, laidOut, fromPixels(interleave(reference[run.image]!)));
    for await (const event of events) {
      if (event.kind !== "image") continue;
      const expected = interleave(reference[`${run.key}.pixels`]!).data;
      distances[run.key] = psnr(toPixels(event.decoded).data, expected);
    }
  }
  expect(Object.keys(distances)).toHaveLength(runs.length);
  expect(Object.entries(distances).filter(([, decibels]) => !(decibels >= LEAST_DB))).toEqual([]);
});
