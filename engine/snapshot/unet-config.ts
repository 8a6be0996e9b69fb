import { CHANNELS, ConfigReader, DEPTH, RESNETS, SIZE, type Range } from "./config-reader.ts";
import type { JsonObject } from "./json.ts";

/** UNet2DConditionModel, unet/config.json. Levels run from full resolution inwards. */
export interface UNetConfig {
  /** Height and width of the latents that the model was trained on. */
  readonly sample_size: readonly [height: number, width: number];
  readonly in_channels: number;
  readonly out_channels: number;
  readonly down_block_types: readonly DownBlockType[];
  /** Two resnets around attention, a single resnet, or nothing, as in distilled models. */
  readonly mid_block_type: MidBlockType | null;
  /** From the innermost level outwards, unlike all other lists here. */
  readonly up_block_types: readonly UpBlockType[];
  readonly block_out_channels: readonly number[];
  /** Resnets per down block; an up block has one more. */
  readonly layers_per_block: readonly number[];
  /** Transformer blocks per attention; the mid block has as many as the last level. */
  readonly transformer_layers_per_block: readonly number[];
  /** The number of attention heads, despite the key's name: a naming mistake that diffusers keeps. */
  readonly attention_head_dim: readonly number[];
  /** Width of the text encoder's hidden states. */
  readonly cross_attention_dim: number;
  /** Whether linear layers (SD 2) or 1x1 convolutions (SD 1) surround the transformer blocks. */
  readonly use_linear_projection: boolean;
  /** Whether attention scores must be computed in float32. */
  readonly upcast_attention: boolean;
  readonly norm_num_groups: number;
  readonly norm_eps: number;
  readonly act_fn: "silu";
  /** Whether cosines come before sines in the timestep's embedding. */
  readonly flip_sin_to_cos: boolean;
  readonly freq_shift: number;
  /** Width of the guidance embedding that the UNet takes (latent consistency); null if it takes none. */
  readonly time_cond_proj_dim: number | null;
  /** 0 pads each strided convolution at the bottom and right only. */
  readonly downsample_padding: 0 | 1;
  /** Whether the sample is scaled to 2x - 1 first. */
  readonly center_input_sample: boolean;
  /** Odd; padding keeps the size. */
  readonly conv_in_kernel: number;
  /** Odd; padding keeps the size. */
  readonly conv_out_kernel: number;
}

type MidBlockType = "UNetMidBlock2DCrossAttn" | "UNetMidBlock2D";
type DownBlockType = "CrossAttnDownBlock2D" | "DownBlock2D";
type UpBlockType = "CrossAttnUpBlock2D" | "UpBlock2D";

/**
 * Keys that would change the network in ways we do not build, with the values that are neutral. Keys that diffusers
 * reads only when one of these is set are ignored.
 */
const PLAIN = {
  act_fn: ["silu", "swish"],
  attention_type: ["default"],
  class_embed_type: [null],
  class_embeddings_concat: [false],
  cross_attention_norm: [null],
  dual_cross_attention: [false],
  encoder_hid_dim: [null],
  encoder_hid_dim_type: [null],
  mid_block_scale_factor: [1],
  // diffusers refuses it as well: attention_head_dim holds the number of heads, a mistake that became the format
  // (huggingface/diffusers issue 2011).
  num_attention_heads: [null],
  num_class_embeds: [null],
  resnet_out_scale_factor: [1],
  resnet_skip_time_act: [false],
  resnet_time_scale_shift: ["default"],
  reverse_transformer_layers_per_block: [null],
  time_embedding_act_fn: [null],
  time_embedding_dim: [null],
  time_embedding_type: ["positional"],
  timestep_post_act: [null],
} as const;

const HEADS: Range = { min: 1, max: 1_024 };
const KERNEL: Range = { min: 1, max: 15 };
/** The embedding needs at least a first and a last frequency. */
const GUIDANCE_WIDTH: Range = { min: 4, max: CHANNELS.max };

/** unet/config.json with UNet2DConditionModel's defaults (diffusers, unet_2d_condition.py). */
export function readUNetConfig(json: JsonObject, file: string): UNetConfig {
  const read = new ConfigReader(json, file, "The UNet");
  refuseOtherFamilies(read);
  read.only(PLAIN);
  refuseCrossAttentionOnly(read);
  const channels = read.integers("block_out_channels", [320, 640, 1280, 1280], CHANNELS);
  const levels = channels.length;
  const config: UNetConfig = {
    sample_size: sampleSize(read),
    in_channels: read.integer("in_channels", 4, CHANNELS),
    out_channels: read.integer("out_channels", 4, CHANNELS),
    ...blocks(read),
    block_out_channels: channels,
    layers_per_block: read.repeated("layers_per_block", 2, levels, RESNETS),
    transformer_layers_per_block: read.repeated("transformer_layers_per_block", 1, levels, DEPTH),
    attention_head_dim: read.repeated("attention_head_dim", 8, levels, HEADS),
    cross_attention_dim: crossAttentionDim(read, levels),
    use_linear_projection: read.flag("use_linear_projection", false),
    upcast_attention: read.flag("upcast_attention", false),
    norm_num_groups: read.integer("norm_num_groups", 32, CHANNELS),
    norm_eps: read.number("norm_eps", 1e-5, { min: 0, max: 1 }),
    act_fn: "silu",
    flip_sin_to_cos: read.flag("flip_sin_to_cos", true),
    freq_shift: read.number("freq_shift", 0, { min: 0, max: 1 }),
    time_cond_proj_dim: guidanceWidth(read),
    downsample_padding: read.integer("downsample_padding", 1, { min: 0, max: 1 }) === 0 ? 0 : 1,
    center_input_sample: read.flag("center_input_sample", false),
    conv_in_kernel: oddKernel(read, "conv_in_kernel"),
    conv_out_kernel: oddKernel(read, "conv_out_kernel"),
  };
  checkBlocks(read, config);
  checkWidths(read, config);
  return config;
}

type Blocks = Pick<UNetConfig, "down_block_types" | "mid_block_type" | "up_block_types">;

function blocks(read: ConfigReader): Blocks {
  const down = ["CrossAttnDownBlock2D", "DownBlock2D"] as const;
  const mid = ["UNetMidBlock2DCrossAttn", "UNetMidBlock2D"] as const;
  const up = ["CrossAttnUpBlock2D", "UpBlock2D"] as const;
  return {
    down_block_types: read.words("down_block_types", [down[0], down[0], down[0], down[1]], down),
    mid_block_type: read.isNull("mid_block_type") ? null : read.word("mid_block_type", mid[0], mid),
    up_block_types: read.words("up_block_types", [up[1], up[0], up[0], up[0]], up),
  };
}

/**
 * A number, or height and width. Early configs of 512-pixel models say 32: for versions before 0.9 with a single number
 * diffusers uses 64 (pipeline_stable_diffusion.py), and so do we.
 */
function sampleSize(read: ConfigReader): readonly [number, number] {
  const [height = 64, width = 64] = read.repeated("sample_size", 64, 2, SIZE);
  const isEarly = /^0\.[0-8]\./.test(String(read.value("_diffusers_version")));
  const isOld = isEarly && !Array.isArray(read.value("sample_size"));
  return isOld ? [Math.max(height, 64), Math.max(width, 64)] : [height, width];
}

function guidanceWidth(read: ConfigReader): number | null {
  const key = "time_cond_proj_dim";
  return read.value(key) === undefined ? null : read.integer(key, undefined, GUIDANCE_WIDTH);
}

function crossAttentionDim(read: ConfigReader, levels: number): number {
  const dims = read.repeated("cross_attention_dim", 1280, levels, CHANNELS);
  if (dims.some((dim) => dim !== dims[0])) throw read.unsupported("cross_attention_dim", dims);
  return dims[0] ?? 0;
}

/** Other additions to the timestep's embedding, and the models that have them. */
const OTHER_FAMILIES: ReadonlyMap<unknown, string> = new Map([
  ["text_time", "Stable Diffusion XL"],
  ["text", "DeepFloyd IF"],
  ["text_image", "Kandinsky 2"],
  ["image", "Kandinsky 2"],
  ["image_hint", "Kandinsky 2"],
]);

/** Refuses other model families by name, since a hand-made folder can have an index that says Stable Diffusion. */
function refuseOtherFamilies(read: ConfigReader): void {
  const type = read.value("addition_embed_type");
  if (type !== undefined) {
    throw read.unsupported("addition_embed_type", type, OTHER_FAMILIES.get(type));
  }
}

function refuseCrossAttentionOnly(read: ConfigReader): void {
  const value = read.value("only_cross_attention") ?? false;
  const flags: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (flags.some((flag) => flag !== false)) throw read.unsupported("only_cross_attention", value);
}

function oddKernel(read: ConfigReader, key: string): number {
  const size = read.integer(key, 3, KERNEL);
  read.demand(size % 2 === 1, `${key} is ${size}, which has no middle`);
  return size;
}

function checkBlocks(read: ConfigReader, config: UNetConfig): void {
  const levels = config.block_out_channels.length;
  for (const key of ["down_block_types", "up_block_types"] as const) {
    const { length } = config[key];
    read.demand(length === levels, `${key} has ${length} entries, not ${levels}`);
  }
}

function checkWidths(read: ConfigReader, config: UNetConfig): void {
  const groups = config.norm_num_groups;
  for (const [level, channels] of config.block_out_channels.entries()) {
    read.demand(
      channels % groups === 0,
      `block_out_channels ${channels} cannot be split into norm_num_groups ${groups}`,
    );
    const heads = config.attention_head_dim[level] ?? 1;
    read.demand(
      channels % heads === 0 || !hasAttention(config, level),
      `block_out_channels ${channels} cannot be split into ${heads} heads (attention_head_dim)`,
    );
  }
  const first = config.block_out_channels[0] ?? 0;
  read.demand(first % 2 === 0, `block_out_channels begins with ${first}, which is odd`);
}

/** Whether this level has attention; a mid block follows the last level. */
function hasAttention(config: UNetConfig, level: number): boolean {
  const last = config.block_out_channels.length - 1;
  return (
    (level === last && config.mid_block_type === "UNetMidBlock2DCrossAttn") ||
    config.down_block_types[level] === "CrossAttnDownBlock2D" ||
    config.up_block_types[last - level] === "CrossAttnUpBlock2D"
  );
}
