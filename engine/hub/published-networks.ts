import type { JsonObject } from "../snapshot/json.ts";
import { readTextEncoderConfig, type TextEncoderConfig } from "../snapshot/text-encoder-config.ts";
import { readUNetConfig, type UNetConfig } from "../snapshot/unet-config.ts";
import { readVaeConfig, type VaeConfig } from "../snapshot/vae-config.ts";

/** The networks of a published model, before anything of it is downloaded. */
export interface PublishedNetworks {
  readonly textEncoder: { readonly config: TextEncoderConfig };
  readonly unet: { readonly config: UNetConfig };
  readonly vae: { readonly config: VaeConfig };
}

/** The VAE of both families: vae/config.json, without the keys that have its class's default. */
const VAE = readVaeConfig(
  {
    block_out_channels: [128, 256, 512, 512],
    layers_per_block: 2,
    down_block_types: Array(4).fill("DownEncoderBlock2D"),
    up_block_types: Array(4).fill("UpDecoderBlock2D"),
  },
  "vae/config.json",
);

/** OpenCLIP's ViT-H without its last layer, and a UNet of Stable Diffusion 2's kind with these differences. */
export function family2(unet: JsonObject = {}): PublishedNetworks {
  const own = { cross_attention_dim: 1024, use_linear_projection: true };
  return networks(
    { hidden_size: 1024, intermediate_size: 4096, num_hidden_layers: 23, num_attention_heads: 16 },
    { ...own, attention_head_dim: [5, 10, 20, 20], ...unet },
    "gelu",
  );
}

/** CLIP's ViT-L, and a UNet of Stable Diffusion 1's kind with these differences. */
export function family1(unet: JsonObject = {}): PublishedNetworks {
  return networks(
    { hidden_size: 768, intermediate_size: 3072, num_hidden_layers: 12, num_attention_heads: 12 },
    { cross_attention_dim: 768, ...unet },
    "quick_gelu",
  );
}

function networks(text: JsonObject, unet: JsonObject, hidden_act: string): PublishedNetworks {
  return {
    textEncoder: {
      config: readTextEncoderConfig({ ...text, hidden_act }, "text_encoder/config.json"),
    },
    unet: { config: readUNetConfig(unet, "unet/config.json") },
    vae: { config: VAE },
  };
}

/** One resnet per block instead of two: Nota's "base" (arXiv 2305.15798). */
export const ONE_RESNET = { layers_per_block: 1 } as const;

/** The same without the block in the middle: Nota's "small". */
export const NO_MIDDLE = { ...ONE_RESNET, mid_block_type: null } as const;

/** The same without the innermost level: Nota's "tiny". */
export const THREE_LEVELS = {
  ...NO_MIDDLE,
  block_out_channels: [320, 640, 1280],
  down_block_types: Array(3).fill("CrossAttnDownBlock2D"),
  up_block_types: Array(3).fill("CrossAttnUpBlock2D"),
};
