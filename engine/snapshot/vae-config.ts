import { CHANNELS, ConfigReader, RESNETS } from "./config-reader.ts";
import type { JsonObject } from "./json.ts";

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

/** Values of keys that would change the network in ways we do not build. */
const PLAIN = { act_fn: ["silu", "swish"] } as const;

/**
 * vae/config.json with AutoencoderKL's defaults (diffusers, autoencoder_kl.py). shift_factor,
 * latents_mean and latents_std are not read: StableDiffusionPipeline does not look at them either.
 */
export function readVaeConfig(json: JsonObject, file: string): VaeConfig {
  const read = new ConfigReader(json, file, "The VAE");
  read.only(PLAIN);
  const config: VaeConfig = {
    in_channels: pictureChannels(read, "in_channels"),
    out_channels: pictureChannels(read, "out_channels"),
    latent_channels: read.integer("latent_channels", 4, CHANNELS),
    block_out_channels: read.integers("block_out_channels", [64], CHANNELS),
    layers_per_block: read.integer("layers_per_block", 1, RESNETS),
    norm_num_groups: read.integer("norm_num_groups", 32, CHANNELS),
    scaling_factor: read.number("scaling_factor", 0.18215, { min: 1e-6, max: 1e6 }),
    mid_block_add_attention: read.flag("mid_block_add_attention", true),
    use_quant_conv: read.flag("use_quant_conv", true),
    use_post_quant_conv: read.flag("use_post_quant_conv", true),
    force_upcast: read.flag("force_upcast", true),
  };
  checkLevels(read, config);
  return config;
}

/** Pictures are red, green and blue. */
function pictureChannels(read: ConfigReader, key: string): number {
  const channels = read.integer(key, 3, CHANNELS);
  if (channels !== 3) throw read.unsupported(key, channels);
  return channels;
}

function checkLevels(read: ConfigReader, config: VaeConfig): void {
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
