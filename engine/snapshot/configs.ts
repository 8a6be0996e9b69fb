/**
 * The three networks' configurations as the readers beside this file give them: the keys are the
 * JSON's own, absent keys hold the default of the class in diffusers or transformers, and what may
 * be a number or a list is a list with one entry per level. Values are checked: the networks
 * believe them.
 */

/** UNet2DConditionModel, unet/config.json. Levels run from full resolution inwards. */
export interface UNetConfig {
  /** Height and width of the latents the model was trained on. */
  readonly sample_size: readonly [height: number, width: number];
  readonly in_channels: number;
  readonly out_channels: number;
  readonly down_block_types: readonly DownBlockType[];
  /** Two resnets around attention, one resnet alone, or nothing, as in distilled models. */
  readonly mid_block_type: MidBlockType | null;
  /** From the innermost level outwards, unlike every other list here. */
  readonly up_block_types: readonly UpBlockType[];
  readonly block_out_channels: readonly number[];
  /** Resnets per down block; an up block has one more. */
  readonly layers_per_block: readonly number[];
  /** Transformer blocks per attention; the mid block has as many as the last level. */
  readonly transformer_layers_per_block: readonly number[];
  /** The number of attention heads, whatever the key says: a naming slip diffusers lives with. */
  readonly attention_head_dim: readonly number[];
  /** Width of the text encoder's hidden states. */
  readonly cross_attention_dim: number;
  /** Linear layers around the transformer blocks (SD 2), or 1x1 convolutions (SD 1). */
  readonly use_linear_projection: boolean;
  /** Attention scores must be computed in float32. */
  readonly upcast_attention: boolean;
  readonly norm_num_groups: number;
  readonly norm_eps: number;
  readonly act_fn: "silu";
  /** Cosines before sines in the timestep's embedding. */
  readonly flip_sin_to_cos: boolean;
  readonly freq_shift: number;
  /** 0 pads each strided convolution at the bottom and right only. */
  readonly downsample_padding: 0 | 1;
  /** The sample goes in as 2x - 1. */
  readonly center_input_sample: boolean;
  /** Odd; padding keeps the size. */
  readonly conv_in_kernel: number;
  /** Odd; padding keeps the size. */
  readonly conv_out_kernel: number;
}

type MidBlockType = "UNetMidBlock2DCrossAttn" | "UNetMidBlock2D";
type DownBlockType = "CrossAttnDownBlock2D" | "DownBlock2D";
type UpBlockType = "CrossAttnUpBlock2D" | "UpBlock2D";

/** AutoencoderKL, vae/config.json. Levels run from full resolution inwards. */
export interface VaeConfig {
  readonly in_channels: number;
  readonly out_channels: number;
  readonly latent_channels: number;
  readonly block_out_channels: readonly number[];
  /** Resnets per encoder block; a decoder block has one more. */
  readonly layers_per_block: number;
  readonly norm_num_groups: number;
  /** Latents of the UNet are what the encoder gives times this. */
  readonly scaling_factor: number;
  readonly mid_block_add_attention: boolean;
  readonly use_quant_conv: boolean;
  readonly use_post_quant_conv: boolean;
  /** The decoder must run in float32. */
  readonly force_upcast: boolean;
}

/** CLIPTextModel, text_encoder/config.json. */
export interface TextEncoderConfig {
  readonly vocab_size: number;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly max_position_embeddings: number;
  readonly hidden_act: "gelu" | "quick_gelu";
  readonly layer_norm_eps: number;
  /** Padding is hidden from the text, as StableDiffusionPipeline does for a config that says so. */
  readonly use_attention_mask: boolean;
}
