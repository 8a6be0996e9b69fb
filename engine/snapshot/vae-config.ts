import { CHANNELS, ConfigReader, RESNETS } from "./config-reader.ts";
import type { JsonObject } from "./json.ts";

/** vae/config.json, by its _class_name. */
export type VaeConfig = KlConfig | TinyVaeConfig;

/** Levels run from full resolution inwards. */
export interface KlConfig {
  readonly kind: "AutoencoderKL";
  readonly in_channels: number;
  readonly out_channels: number;
  readonly latent_channels: number;
  readonly block_out_channels: readonly number[];
  /** Resnets per encoder block; a decoder block has one more. */
  readonly layers_per_block: number;
  readonly norm_num_groups: number;
  /** The UNet's latents are the encoder's output times this. */
  readonly scaling_factor: number;
  readonly mid_block_add_attention: boolean;
  readonly use_quant_conv: boolean;
  readonly use_post_quant_conv: boolean;
  /** Whether the decoder must run in float32. */
  readonly force_upcast: boolean;
}

/** The autoencoder of TAESD, distilled from a large one: convolutions and ReLU, all of equal width. */
export interface TinyVaeConfig {
  readonly kind: "AutoencoderTiny";
  readonly in_channels: number;
  readonly out_channels: number;
  readonly latent_channels: number;
  /** From full resolution inwards. */
  readonly encoder_block_out_channels: readonly number[];
  /** From the latents outwards. */
  readonly decoder_block_out_channels: readonly number[];
  /** The same under the key by which other VAEs count their levels. */
  readonly block_out_channels: readonly number[];
  readonly num_encoder_blocks: readonly number[];
  readonly num_decoder_blocks: readonly number[];
  /** 1 in every published one: it takes the UNet's latents unscaled. */
  readonly scaling_factor: number;
}

/** Keys that would change the network in ways we do not build, with the values that are neutral. */
const PLAIN = { act_fn: ["silu", "swish"] } as const;
const PLAIN_TINY = {
  act_fn: ["relu"],
  upsample_fn: ["nearest"],
  upsampling_scaling_factor: [2],
} as const;

/** vae/config.json with the defaults of its class; without a class name it is an AutoencoderKL. */
export function readVaeConfig(json: JsonObject, file: string): VaeConfig {
  const read = new ConfigReader(json, file, "The VAE");
  const name = read.word("_class_name", "AutoencoderKL", ["AutoencoderKL", "AutoencoderTiny"]);
  return name === "AutoencoderTiny" ? readTiny(read) : readKl(read);
}

/**
 * AutoencoderTiny's defaults (diffusers, autoencoder_tiny.py). latent_magnitude and latent_shift are not read: they
 * matter only for latents stored as bytes.
 */
function readTiny(read: ConfigReader): TinyVaeConfig {
  read.only(PLAIN_TINY);
  const decoder = read.integers("decoder_block_out_channels", [64, 64, 64, 64], CHANNELS);
  const encoder = read.integers("encoder_block_out_channels", [64, 64, 64, 64], CHANNELS);
  const config: TinyVaeConfig = {
    kind: "AutoencoderTiny",
    in_channels: pictureChannels(read, "in_channels"),
    out_channels: pictureChannels(read, "out_channels"),
    latent_channels: read.integer("latent_channels", 4, CHANNELS),
    encoder_block_out_channels: encoder,
    decoder_block_out_channels: decoder,
    block_out_channels: decoder,
    num_encoder_blocks: read.integers("num_encoder_blocks", [1, 3, 3, 3], RESNETS),
    num_decoder_blocks: read.integers("num_decoder_blocks", [3, 3, 3, 1], RESNETS),
    scaling_factor: read.number("scaling_factor", 1, SCALING),
  };
  checkTinyLevels(read, config);
  return config;
}

/** Each side must have a single width, since nothing in the network changes it, and both the same number of levels. */
function checkTinyLevels(read: ConfigReader, config: TinyVaeConfig): void {
  for (const side of ["encoder", "decoder"] as const) {
    const channels = config[`${side}_block_out_channels`];
    const blocks = config[`num_${side}_blocks`];
    const found = `${blocks.length} entries, not ${channels.length}`;
    read.demand(blocks.length === channels.length, `num_${side}_blocks has ${found}`);
    const isOne = new Set(channels).size === 1;
    read.demand(isOne, `${side}_block_out_channels are not all the same: ${channels.join()}`);
  }
  const [up, down] = [config.num_decoder_blocks.length, config.num_encoder_blocks.length];
  read.demand(up === down, `num_decoder_blocks has ${up} entries, num_encoder_blocks ${down}`);
}

/**
 * AutoencoderKL's defaults (diffusers, autoencoder_kl.py). shift_factor, latents_mean and latents_std are not read:
 * StableDiffusionPipeline ignores them, too.
 */
function readKl(read: ConfigReader): KlConfig {
  read.only(PLAIN);
  const config: KlConfig = {
    kind: "AutoencoderKL",
    in_channels: pictureChannels(read, "in_channels"),
    out_channels: pictureChannels(read, "out_channels"),
    latent_channels: read.integer("latent_channels", 4, CHANNELS),
    block_out_channels: read.integers("block_out_channels", [64], CHANNELS),
    layers_per_block: read.integer("layers_per_block", 1, RESNETS),
    norm_num_groups: read.integer("norm_num_groups", 32, CHANNELS),
    scaling_factor: read.number("scaling_factor", 0.18215, SCALING),
    mid_block_add_attention: read.flag("mid_block_add_attention", true),
    use_quant_conv: read.flag("use_quant_conv", true),
    use_post_quant_conv: read.flag("use_post_quant_conv", true),
    force_upcast: read.flag("force_upcast", true),
  };
  checkLevels(read, config);
  return config;
}

const SCALING = { min: 1e-6, max: 1e6 };

/** Must be 3: red, green and blue. */
function pictureChannels(read: ConfigReader, key: string): number {
  const channels = read.integer(key, 3, CHANNELS);
  if (channels !== 3) throw read.unsupported(key, channels);
  return channels;
}

function checkLevels(read: ConfigReader, config: KlConfig): void {
  const levels = config.block_out_channels.length;
  const types = {
    down_block_types: read.words(
      "down_block_types",
      ["DownEncoderBlock2D"],
      ["DownEncoderBlock2D"],
    ),
    up_block_types: read.words("up_block_types", ["UpDecoderBlock2D"], ["UpDecoderBlock2D"]),
  };
  for (const [key, { length }] of Object.entries(types)) {
    read.demand(length === levels, `${key} has ${length} entries, not ${levels}`);
  }
  const groups = config.norm_num_groups;
  for (const channels of config.block_out_channels) {
    const splits = channels % groups === 0;
    read.demand(
      splits,
      `block_out_channels ${channels} cannot be split into norm_num_groups ${groups}`,
    );
  }
}
