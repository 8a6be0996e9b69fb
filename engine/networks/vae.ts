import { Graph, type Model, type Value } from "../graph/graph.ts";
import {
  add,
  attend,
  channelsOf,
  conv2d,
  flattenSpace,
  groupNorm,
  linear,
  silu,
  unflattenSpace,
  upsample,
} from "../graph/layers.ts";
import type { KlConfig, VaeConfig } from "../snapshot/vae-config.ts";
import { tinyDecoder, tinyEncoder, type VaeSize } from "./tiny-vae.ts";

const EPSILON = 1e-6; // AutoencoderKL, resnet_eps
const RESNETS_IN_MIDDLE = 2;

/**
 * `latents` (batch, latent_channels, h, w), already divided by scaling_factor, to `decoded` (batch, 3, 8h, 8w) in
 * -1..1.
 */
export function vaeDecoder(config: VaeConfig, size: VaeSize): Model {
  return config.kind === "AutoencoderTiny" ? tinyDecoder(config, size) : klDecoder(config, size);
}

/**
 * `image` (batch, 3, height, width) in -1..1 to `moments`: mean and log variance of the latents, concatenated along the
 * channels, or the mean alone for an encoder that gives no variance.
 */
export function vaeEncoder(config: VaeConfig, size: VaeSize): Model {
  return config.kind === "AutoencoderTiny" ? tinyEncoder(config, size) : klEncoder(config, size);
}

function klDecoder(config: KlConfig, { batch, height, width }: VaeSize): Model {
  const g = Graph.empty();
  const latents = g.input("latents", [batch, config.latent_channels, height, width]);
  const d = g.at("decoder");
  const channels = config.block_out_channels.toReversed();
  const last = channels.length - 1;

  let x = config.use_post_quant_conv
    ? conv2d(g.at("post_quant_conv"), latents, { out: config.latent_channels, kernel: 1 })
    : latents;
  x = conv2d(d.at("conv_in"), x, { out: channels[0]! });
  x = middle(d.at("mid_block"), x, config);
  for (const [i, out] of channels.entries()) {
    const up = d.at(`up_blocks.${i}`);
    for (let layer = 0; layer <= config.layers_per_block; layer++) {
      x = resnet(up.at(`resnets.${layer}`), x, config, out);
    }
    if (i < last) x = conv2d(up.at("upsamplers.0.conv"), upsample2x(up, x), { out });
  }
  return g.output("decoded", head(d, x, config, config.out_channels));
}

function klEncoder(config: KlConfig, { batch, height, width }: VaeSize): Model {
  const g = Graph.empty();
  const image = g.input("image", [batch, config.in_channels, height, width]);
  const e = g.at("encoder");
  const channels = config.block_out_channels;
  const last = channels.length - 1;
  const moments = 2 * config.latent_channels;

  let x = conv2d(e.at("conv_in"), image, { out: channels[0]! });
  for (const [i, out] of channels.entries()) {
    const down = e.at(`down_blocks.${i}`);
    for (let layer = 0; layer < config.layers_per_block; layer++) {
      x = resnet(down.at(`resnets.${layer}`), x, config, out);
    }
    if (i < last) x = conv2d(down.at("downsamplers.0.conv"), x, { out, stride: 2, padding: "end" });
  }
  x = middle(e.at("mid_block"), x, config);
  x = head(e, x, config, moments);
  return g.output(
    "moments",
    config.use_quant_conv ? conv2d(g.at("quant_conv"), x, { out: moments, kernel: 1 }) : x,
  );
}

function head(g: Graph, x: Value, config: KlConfig, out: number): Value {
  return conv2d(g.at("conv_out"), silu(g, groupNorm(g.at("conv_norm_out"), x, normOf(config))), {
    out,
  });
}

function middle(g: Graph, x: Value, config: KlConfig): Value {
  let y = resnet(g.at("resnets.0"), x, config, channelsOf(x));
  if (config.mid_block_add_attention) y = attention(g.at("attentions.0"), y, config);
  return resnet(g.at(`resnets.${RESNETS_IN_MIDDLE - 1}`), y, config, channelsOf(x));
}

function resnet(g: Graph, x: Value, config: KlConfig, out: number): Value {
  let y = conv2d(g.at("conv1"), silu(g, groupNorm(g.at("norm1"), x, normOf(config))), { out });
  y = conv2d(g.at("conv2"), silu(g, groupNorm(g.at("norm2"), y, normOf(config))), { out });
  const shortcut = channelsOf(x) === out ? x : conv2d(g.at("conv_shortcut"), x, { out, kernel: 1 });
  return add(g, shortcut, y);
}

/** Self-attention with a single head over all pixels. */
function attention(g: Graph, x: Value, config: KlConfig): Value {
  const width = channelsOf(x);
  const h = flattenSpace(g, groupNorm(g.at("group_norm"), x, normOf(config)));
  const query = linear(g.at("to_q"), h, width);
  const key = linear(g.at("to_k"), h, width);
  const value = linear(g.at("to_v"), h, width);
  const y = linear(g.at("to_out.0"), attend(g, { query, key, value }, 1), width);
  return add(g, x, unflattenSpace(g, y, x));
}

function upsample2x(g: Graph, x: Value): Value {
  const [, , height = 0, width = 0] = x.shape;
  return upsample(g, x, { height: 2 * height, width: 2 * width });
}

function normOf({ norm_num_groups }: KlConfig): { groups: number; epsilon: number } {
  return { groups: norm_num_groups, epsilon: EPSILON };
}
