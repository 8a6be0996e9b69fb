import type { CatalogueEntry, TinyDecoderEntry } from "../contract/models.ts";

/** A model that can be downloaded, without whether it is in the store. */
export type KnownModel = Omit<CatalogueEntry, "storedId">;

const OPENRAIL_PP = {
  id: "openrail++",
  title: "CreativeML Open RAIL++-M",
  address: "https://github.com/Stability-AI/stablediffusion/blob/main/LICENSE-MODEL",
};
const OPENRAIL = {
  id: "creativeml-openrail-m",
  title: "CreativeML OpenRAIL-M",
  address: "https://github.com/CompVis/stable-diffusion/blob/main/LICENSE",
};
const MIT = {
  id: "mit",
  title: "MIT License",
  address: "https://github.com/luosiallen/latent-consistency-model/blob/main/LICENSE",
};
const STABILITY = {
  id: "stabilityai-community",
  title: "Stability AI Community License",
  address: "https://stability.ai/license",
};

/** Parameters of the networks that all models of a family share: text encoder and VAE. */
const SD2_REST = 340_387_840 + 83_653_863;
const SD1_REST = 123_060_480 + 83_653_863;

/** Two bytes for each parameter of the UNet and of the rest, plus the vocabulary. */
const halfBytes = (unet: number, rest: number): number => roundUp(2 * (unet + rest) + 1_600_000);

/** Rounded up to whole megabytes. */
const roundUp = (bytes: number): number => 1_000_000 * Math.ceil(bytes / 1_000_000);

const SD2_BYTES = halfBytes(865_910_724, SD2_REST);

/**
 * The Stable Diffusion 2 family, and models of its and Stable Diffusion 1's kind that are smaller or need fewer steps.
 * The original publisher removed Stable Diffusion 2 from the hub in November 2025 (huggingface/diffusers #12874,
 * Nerogar/OneTrainer #1129); `sd2-community` hosts the same files. Models with only pickles on the hub (segmind's
 * small-sd and tiny-sd) are not listed.
 */
export const CATALOGUE: readonly KnownModel[] = [
  {
    ...stability("stable-diffusion-2"),
    title: "Stable Diffusion 2",
    description: "Text to image at 768×768. Best choice if you have enough memory.",
    ...at768("v_prediction"),
  },
  {
    ...stability("stable-diffusion-2-1"),
    title: "Stable Diffusion 2.1",
    description: "Stable Diffusion 2 trained further, with more people in its pictures; 768×768.",
    ...at768("v_prediction"),
  },
  {
    ...stability("stable-diffusion-2-base"),
    title: "Stable Diffusion 2 base",
    description: "Text to image at 512×512: less than half the work of 768×768.",
    ...at512(),
  },
  {
    ...stability("stable-diffusion-2-1-base"),
    title: "Stable Diffusion 2.1 base",
    description: "Stable Diffusion 2.1 at 512×512: less than half the work of 768×768.",
    ...at512(),
  },
  {
    id: "sd-turbo",
    title: "SD-Turbo",
    description:
      "Stable Diffusion 2.1 distilled to 1 to 4 steps without guidance; 512×512. Commercial use has terms of its own.",
    sources: ["stabilityai/sd-turbo"],
    licence: STABILITY,
    hasSafetyChecker: false,
    downloadBytes: SD2_BYTES,
    ...at512(),
  },
  {
    id: "lcm-dreamshaper-v7",
    title: "LCM Dreamshaper v7",
    description:
      "A latent consistency model of the Stable Diffusion 1 family, distilled to 2 to 8 steps; 768×768.",
    sources: ["SimianLuo/LCM_Dreamshaper_v7"],
    licence: MIT,
    hasSafetyChecker: true,
    // Four bytes per parameter: there is no fp16 variant, and time_cond_proj_dim adds 256 x 320 parameters.
    downloadBytes: roundUp(4 * (859_520_964 + 256 * 320 + SD1_REST) + 1_600_000),
    ...at768("epsilon"),
  },
  {
    ...compressed("bk-sdm-v2-base", halfBytes(583_480_964, SD2_REST)),
    title: "BK-SDM v2 Base",
    description: "Stable Diffusion 2.1 base with two thirds of its UNet; 512×512.",
  },
  {
    ...compressed("bk-sdm-v2-small", halfBytes(485_787_524, SD2_REST)),
    title: "BK-SDM v2 Small",
    description: "Stable Diffusion 2.1 base with just over half of its UNet; 512×512.",
  },
  {
    ...compressed("bk-sdm-v2-tiny", halfBytes(326_825_604, SD2_REST)),
    title: "BK-SDM v2 Tiny",
    description:
      "Stable Diffusion 2.1 base with three eighths of its UNet; 512×512. For computers short of memory.",
  },
  {
    ...compressed("bk-sdm-base", halfBytes(579_384_964, SD1_REST)),
    title: "BK-SDM Base",
    description: "Stable Diffusion 1.4 with two thirds of its UNet; 512×512.",
    hasSafetyChecker: true,
  },
  {
    ...compressed("bk-sdm-small", halfBytes(482_346_884, SD1_REST)),
    title: "BK-SDM Small",
    description: "Stable Diffusion 1.4 with just over half of its UNet; 512×512.",
    hasSafetyChecker: true,
  },
  {
    ...compressed("bk-sdm-tiny", halfBytes(323_384_964, SD1_REST)),
    title: "BK-SDM Tiny",
    description:
      "Stable Diffusion 1.4 with three eighths of its UNet; 512×512. The smallest download here.",
    hasSafetyChecker: true,
  },
];

/** Tiny autoencoders: 2,445,063 parameters of four bytes, encoder and decoder together. */
export const TINY_DECODERS: readonly Omit<TinyDecoderEntry, "folder">[] = [
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

function stability(id: string) {
  return {
    id,
    sources: [`stabilityai/${id}`, `sd2-community/${id}`],
    licence: OPENRAIL_PP,
    hasSafetyChecker: false,
    downloadBytes: SD2_BYTES,
  };
}

/** Nota's models: UNets without some of the blocks, distilled from the full one (arXiv 2305.15798). */
function compressed(id: string, downloadBytes: number) {
  return {
    id,
    sources: [`nota-ai/${id}`],
    licence: OPENRAIL,
    hasSafetyChecker: false,
    downloadBytes,
    ...at512(),
  };
}

function at768<Kind extends KnownModel["predictionType"]>(predictionType: Kind) {
  return { predictionType, width: 768, height: 768 } as const;
}

function at512() {
  return { predictionType: "epsilon", width: 512, height: 512 } as const;
}
