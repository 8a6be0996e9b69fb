import { textEncoder } from "../networks/text-encoder.ts";
import { unet } from "../networks/unet.ts";
import { vaeDecoder, vaeEncoder } from "../networks/vae.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { pickWeights, type Weights } from "../snapshot/weights.ts";

/** The weights of the three networks, and nothing else that their files hold. */
export interface UsedWeights {
  readonly textEncoder: Weights;
  readonly unet: Weights;
  readonly vae: Weights;
}

/**
 * Picks what the networks ask for out of a snapshot's tensors. Refuses, before anything is loaded, what
 * is missing (WEIGHT_MISSING), has another shape than the config says (WEIGHT_MISMATCH) or numbers of
 * another type than we compute with (SNAPSHOT_UNSUPPORTED).
 */
export function usedWeights(snapshot: Snapshot): UsedWeights {
  const { textEncoder: text, unet: noise, vae } = snapshot;
  const asked = {
    text: textEncoder(text.config, { batch: 1, tokens: 1 }).weights.values(),
    unet: unet(noise.config, { ...SIZE, tokens: 1 }).weights.values(),
    vae: [vaeDecoder(vae.config, SIZE), vaeEncoder(vae.config, SIZE)].flatMap(({ weights }) => [
      ...weights.values(),
    ]),
  };
  return {
    textEncoder: pickWeights(text.tensors, asked.text, "text encoder"),
    unet: pickWeights(noise.tensors, asked.unet, "UNet"),
    vae: pickWeights(vae.tensors, asked.vae, "VAE"),
  };
}

/** Any will do: the size of a picture changes no weight. */
const SIZE = { batch: 1, height: 256, width: 256 };
