import { countOperations, type Work } from "../graph/count-operations.ts";
import { textEncoder } from "../networks/text-encoder.ts";
import { unet } from "../networks/unet.ts";
import { vaeDecoder } from "../networks/vae.ts";
import type { TextEncoderConfig } from "../snapshot/text-encoder-config.ts";
import type { UNetConfig } from "../snapshot/unet-config.ts";
import type { VaeConfig } from "../snapshot/vae-config.ts";
import { pixelsPerLatent } from "./read-model.ts";

/** The work of one picture: encoding the text once, each step, and decoding the latents. */
export interface PictureWork {
  readonly text: Work;
  readonly step: Work;
  readonly decode: Work;
}

/**
 * How much faster a step of Stable Diffusion 2 is in int8 than in mapped float32: 1.9 at 64x64 latents on a CPU with
 * VNNI, 2.4 at 32x32, and less at larger sizes (engine/README.md, Measured).
 */
export const INT8_GAIN = 1.9;

/** What decides the amount of work. Sizes are in pixels; guidance doubles each step. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly isGuided: boolean;
}

/** What of a model decides its work: the configs of its networks, and how many tokens a prompt becomes. */
export interface ModelShape {
  readonly snapshot: {
    readonly textEncoder: { readonly config: TextEncoderConfig };
    readonly unet: { readonly config: UNetConfig };
    readonly vae: { readonly config: VaeConfig };
  };
  readonly tokenizer: { readonly length: number };
}

/**
 * The networks a picture needs, as graphs, with nothing loaded. `vae` is the decoder: the model's own, or a tiny
 * autoencoder's.
 */
export function workOf(
  { snapshot, tokenizer }: ModelShape,
  { width, height, isGuided }: PictureSize,
  vae: VaeConfig = snapshot.vae.config,
): PictureWork {
  const { config } = snapshot.textEncoder;
  const factor = pixelsPerLatent(snapshot);
  const size = { height: Math.ceil(height / factor), width: Math.ceil(width / factor) };
  const batch = isGuided ? 2 : 1;
  const { length: tokens } = tokenizer;
  return {
    text: countOperations(textEncoder(config, { batch, tokens })),
    step: countOperations(unet(snapshot.unet.config, { ...size, batch, samples: 1, tokens })),
    decode: countOperations(vaeDecoder(vae, { ...size, batch: 1 })),
  };
}
