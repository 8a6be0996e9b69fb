import type { TextEncoderConfig } from "../../engine/snapshot/text-encoder-config.ts";
import type { UNetConfig } from "../../engine/snapshot/unet-config.ts";
import type { VaeConfig } from "../../engine/snapshot/vae-config.ts";
import type { workOf } from "../../engine/drawing/work.ts";

/** stabilityai/stable-diffusion-2: unet/config.json with the class defaults filled in. */
export const SD2_UNET: UNetConfig = {
  sample_size: [96, 96],
  in_channels: 4,
  out_channels: 4,
  down_block_types: [
    "CrossAttnDownBlock2D",
    "CrossAttnDownBlock2D",
    "CrossAttnDownBlock2D",
    "DownBlock2D",
  ],
  mid_block_type: "UNetMidBlock2DCrossAttn",
  up_block_types: ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"],
  block_out_channels: [320, 640, 1280, 1280],
  layers_per_block: [2, 2, 2, 2],
  transformer_layers_per_block: [1, 1, 1, 1],
  attention_head_dim: [5, 10, 20, 20],
  cross_attention_dim: 1024,
  use_linear_projection: true,
  upcast_attention: false,
  norm_num_groups: 32,
  norm_eps: 1e-5,
  act_fn: "silu",
  flip_sin_to_cos: true,
  freq_shift: 0,
  downsample_padding: 1,
  time_cond_proj_dim: null,
  center_input_sample: false,
  conv_in_kernel: 3,
  conv_out_kernel: 3,
};

/** stabilityai/stable-diffusion-2: vae/config.json. */
export const SD2_VAE: VaeConfig = {
  kind: "AutoencoderKL",
  in_channels: 3,
  out_channels: 3,
  latent_channels: 4,
  block_out_channels: [128, 256, 512, 512],
  layers_per_block: 2,
  norm_num_groups: 32,
  scaling_factor: 0.18215,
  mid_block_add_attention: true,
  use_quant_conv: true,
  use_post_quant_conv: true,
  force_upcast: true,
};

/** stabilityai/stable-diffusion-2: text_encoder/config.json. */
export const SD2_TEXT_ENCODER: TextEncoderConfig = {
  vocab_size: 49408,
  hidden_size: 1024,
  intermediate_size: 4096,
  num_hidden_layers: 23,
  num_attention_heads: 16,
  max_position_embeddings: 77,
  hidden_act: "gelu",
  layer_norm_eps: 1e-5,
  use_attention_mask: false,
};

/** The figures of Stable Diffusion 2 from which its work is computed. */
export const SD2 = {
  snapshot: {
    textEncoder: { config: SD2_TEXT_ENCODER },
    unet: { config: SD2_UNET },
    vae: { config: SD2_VAE },
  },
  tokenizer: { length: 77 },
} as Parameters<typeof workOf>[0];
