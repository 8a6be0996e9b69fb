import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { SCHEDULER_NAMES, type SchedulerName } from "../../engine/contract/schedulers.ts";
import { SCHEDULERS } from "../../engine/schedulers/schedulers.ts";
import { darkroom } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { psnr } from "../golden/reference.ts";
import { JsonPeer } from "./json-peer.ts";

/** The request to both, in each one's form. */
interface Picture {
  readonly folder: string;
  readonly prompt: string;
  readonly negative?: string;
  readonly steps: number;
  readonly guidance: number;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  /** The model's own if absent. */
  readonly scheduler?: SchedulerName;
  /** The start image. */
  readonly start?: string;
  readonly strength?: number;
}

/**
 * Distance in dB above which 8-bit pictures are equal except for the rounding of single levels: Heun is at 59, the
 * others above 60.
 */
const LEAST_DB = 55;

const SD2 = "test/golden/tiny-sd2-v/snapshot";
const SD1 = "test/golden/tiny-sd1-eps/snapshot";
const SD21 = "test/golden/tiny-sd21-v/snapshot";
const DOG: Picture = {
  folder: SD2,
  prompt: "Photo of a dog",
  steps: 8,
  guidance: 7.5,
  width: 64,
  height: 64,
  seed: 42,
};

const PICTURES: Readonly<Record<string, Picture>> = {
  "as in stable-diffusion-2": DOG,
  "as in stable-diffusion-2-1": { ...DOG, folder: SD21, seed: 7 },
  "as in stable-diffusion-1": { ...DOG, folder: SD1, prompt: "two purple fish under water" },
  "with a negative prompt, wide": { ...DOG, negative: "blurry, text", width: 96, guidance: 3 },
  "without guidance": { ...DOG, guidance: 1 },
  "from a picture": { ...DOG, start: "starter", strength: 0.6, steps: 10 },
  ...Object.fromEntries(
    SCHEDULER_NAMES.map((scheduler) => [`by ${scheduler}`, { ...DOG, steps: 6, scheduler }]),
  ),
};

test("diffusers and the command line draw the same picture", async () => {
  const folder = temporaryFolder();
  const peer = JsonPeer.start("diffusers", "diffusers_pictures.py");
  const start = join(folder, "start.png");
  await peer.ask({ ...theirs({ ...DOG, seed: 1 }), out: start });
  const distances: Record<string, number> = {};
  for (const [name, asked] of Object.entries(PICTURES)) {
    const picture = asked.start === undefined ? asked : { ...asked, start };
    const [their, our] = ["theirs.png", "ours.png"].map((file) => join(folder, file)) as [
      string,
      string,
    ];
    await peer.ask({ ...theirs(picture), out: their });
    const { code, err } = await darkroom([...ours(picture), "--out", our, "--force"]);
    expect([name, code], err).toEqual([name, 0]);
    distances[name] = psnr(await pixelsOf(their), await pixelsOf(our));
  }
  const far = Object.entries(distances).filter(([, decibels]) => !(decibels >= LEAST_DB));
  expect(far, JSON.stringify(distances)).toEqual([]);
});

function theirs({ negative, steps, guidance, scheduler, ...same }: Picture): object {
  // A name stands for a class, with settings that are passed to from_config besides the model's own.
  const named = scheduler && SCHEDULERS[scheduler];
  return {
    ...same,
    ...(negative !== undefined && { negative_prompt: negative }),
    num_inference_steps: steps,
    guidance_scale: guidance,
    // For image to image, the size is the picture's.
    ...(same.start !== undefined && { width: undefined, height: undefined }),
    ...(named && { scheduler: named.scheduler.className, config: named.fixed }),
  };
}

function ours(picture: Picture): string[] {
  const { folder, prompt, steps, guidance, width, height, seed } = picture;
  const { negative, scheduler, start, strength } = picture;
  const flags = {
    model: folder,
    device: "cpu",
    steps,
    guidance,
    size: `${width}x${height}`,
    seed,
    negative,
    scheduler,
    "init-image": start,
    strength,
  };
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return ["generate", prompt, ...given.flatMap(([flag, value]) => [`--${flag}`, String(value)])];
}

async function pixelsOf(file: string): Promise<Uint8Array> {
  return sharp(file).removeAlpha().raw().toBuffer();
}
