import type { CatalogueEntry } from "../contract/models.ts";

/** A model that can be fetched, before anyone looked whether it is in the store. */
export type KnownModel = Omit<CatalogueEntry, "storedId">;

const LICENCE = {
  id: "openrail++",
  title: "CreativeML Open RAIL++-M",
  address: "https://github.com/Stability-AI/stablediffusion/blob/main/LICENSE-MODEL",
};

/** Two bytes for each of the 1,289,952,427 parameters of text encoder, UNet and VAE, and the vocabulary. */
const HALF_BYTES = 2_582_000_000;

/**
 * The Stable Diffusion 2 family. Its publisher withdrew it from the hub in November 2025
 * (huggingface/diffusers #12874, Nerogar/OneTrainer #1129); `sd2-community` keeps the same files.
 */
export const CATALOGUE: readonly KnownModel[] = [
  {
    ...named("stable-diffusion-2"),
    title: "Stable Diffusion 2",
    description: "Pictures of 768x768 from words. The one to take unless memory is short.",
    ...at768(),
  },
  {
    ...named("stable-diffusion-2-1"),
    title: "Stable Diffusion 2.1",
    description: "Stable Diffusion 2 trained further, with more people in its pictures; 768x768.",
    ...at768(),
  },
  {
    ...named("stable-diffusion-2-base"),
    title: "Stable Diffusion 2 base",
    description: "Pictures of 512x512: less than half the work of 768x768.",
    ...at512(),
  },
  {
    ...named("stable-diffusion-2-1-base"),
    title: "Stable Diffusion 2.1 base",
    description: "The smaller pictures of 2.1, 512x512: less than half the work of 768x768.",
    ...at512(),
  },
];

function named(id: string) {
  return {
    id,
    sources: [`stabilityai/${id}`, `sd2-community/${id}`],
    licence: LICENCE,
    hasSafetyChecker: false,
    downloadBytes: HALF_BYTES,
  };
}

function at768() {
  return { predictionType: "v_prediction", width: 768, height: 768 } as const;
}

function at512() {
  return { predictionType: "epsilon", width: 512, height: 512 } as const;
}
