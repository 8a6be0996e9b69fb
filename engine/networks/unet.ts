import { Graph, type Model, type Value } from "../graph/graph.ts";
import {
  add,
  addPerChannel,
  affine,
  attend,
  channelsOf,
  concat,
  conv2d,
  flattenSpace,
  gatedGelu,
  groupNorm,
  layerNorm,
  linear,
  repeat,
  silu,
  sinusoid,
  unflattenSpace,
  upsample,
} from "../graph/layers.ts";
import type { UNetConfig } from "../snapshot/unet-config.ts";

/** Latents are (samples, in_channels, height, width); tokens are the text encoder's. */
export interface UNetSize {
  /** Number of texts. */
  readonly batch: number;
  /**
   * 1 if one sample is predicted with every text: everything before the first text attention is then computed once. By
   * default each text has its own sample.
   */
  readonly samples?: number | undefined;
  readonly height: number;
  readonly width: number;
  readonly tokens: number;
}

/** What a block of the UNet can read besides its own input. */
interface Conditioning {
  readonly config: UNetConfig;
  /** SiLU of the time embedding, (1, 4 * first block's channels). */
  readonly time: Value;
  /** Last hidden state of the text encoder, (batch, tokens, cross_attention_dim). */
  readonly text: Value;
}

interface Attention {
  readonly heads: number;
  /** Transformer blocks after each resnet; 0 at levels without attention. */
  readonly depth: number;
}

/** A level of the UNet: its channels, attention and resnets. */
interface Level extends Attention {
  readonly out: number;
  readonly layers: number;
}

/** Predicts the noise (or v) in `sample` at `timestep` under the text's `encoder_hidden_states`. */
export function unet(
  config: UNetConfig,
  { batch, samples = batch, height, width, tokens }: UNetSize,
): Model {
  const g = Graph.empty();
  const { down, up } = levelsOf(config);
  const last = down.length - 1;
  const first = config.block_out_channels[0]!;
  const kernel = config.conv_in_kernel;

  const sample = g.input("sample", [samples, config.in_channels, height, width]);
  const timestep = g.input("timestep", [1], "timestep");
  const text = g.input("encoder_hidden_states", [batch, tokens, config.cross_attention_dim]);
  const cond = { config, time: timeEmbedding(g, timestep, config), text };

  let x = conv2d(g.at("conv_in"), centred(g, sample, config), { out: first, kernel });
  const skips = [x];
  for (const [i, level] of down.entries()) {
    const block = g.at(`down_blocks.${i}`);
    for (let layer = 0; layer < level.layers; layer++) {
      x = resnet(block.at(`resnets.${layer}`), x, cond, level.out);
      x = transformer(block.at(`attentions.${layer}`), x, cond, level);
      skips.push(x);
    }
    if (i < last) {
      x = downsample(block.at("downsamplers.0.conv"), x, config);
      skips.push(x);
    }
  }

  x = middle(g.at("mid_block"), x, cond);

  for (const [i, level] of up.entries()) {
    const block = g.at(`up_blocks.${i}`);
    for (let layer = 0; layer <= level.layers; layer++) {
      x = concat(block, x, skips.pop()!);
      x = resnet(block.at(`resnets.${layer}`), x, cond, level.out);
      x = transformer(block.at(`attentions.${layer}`), x, cond, level);
    }
    if (i < last) {
      const [, , height = 0, width = 0] = skips.at(-1)!.shape;
      x = conv2d(block.at("upsamplers.0.conv"), upsample(block, x, { height, width }), {
        out: level.out,
      });
    }
  }

  x = repeat(g, silu(g, groupNorm(g.at("conv_norm_out"), x, normOf(config))), batch);
  return g.output(
    "out_sample",
    conv2d(g.at("conv_out"), x, { out: config.out_channels, kernel: config.conv_out_kernel }),
  );
}

/** The levels from fine to coarse and back. */
function levelsOf(config: UNetConfig): { down: readonly Level[]; up: readonly Level[] } {
  const levels = config.block_out_channels.map((out, i) => ({
    out,
    heads: config.attention_head_dim[i]!,
    depth: config.transformer_layers_per_block[i]!,
    layers: config.layers_per_block[i]!,
  }));
  const attending = (types: readonly string[]) => (level: Level, i: number) =>
    types[i]!.startsWith("CrossAttn") ? level : { ...level, depth: 0 };
  return {
    down: levels.map(attending(config.down_block_types)),
    up: levels.toReversed().map(attending(config.up_block_types)),
  };
}

/** The mid block; distilled models have a smaller one, or none. */
function middle(g: Graph, x: Value, cond: Conditioning): Value {
  const { mid_block_type: type, attention_head_dim: heads } = cond.config;
  const { transformer_layers_per_block: depths } = cond.config;
  if (type === null) return x;
  const out = channelsOf(x);
  const y = resnet(g.at("resnets.0"), x, cond, out);
  if (type === "UNetMidBlock2D") return y;
  const z = transformer(g.at("attentions.0"), y, cond, {
    heads: heads.at(-1)!,
    depth: depths.at(-1)!,
  });
  return resnet(g.at("resnets.1"), z, cond, out);
}

function centred(g: Graph, sample: Value, { center_input_sample }: UNetConfig): Value {
  return center_input_sample ? affine(g, sample, { factor: 2, offset: -1 }) : sample;
}

function timeEmbedding(g: Graph, timestep: Value, config: UNetConfig): Value {
  const [width = 0] = config.block_out_channels;
  const { flip_sin_to_cos: cosineFirst, freq_shift: shift } = config;
  const waves = sinusoid(g.at("time_proj"), timestep, { width, cosineFirst, shift });
  const x = addGuidance(g, waves, config);
  const h = silu(g, linear(g.at("time_embedding.linear_1"), x, 4 * width));
  return silu(g, linear(g.at("time_embedding.linear_2"), h, 4 * width));
}

/**
 * Adds the guidance scale to the timestep's embedding, if the UNet takes it as `timestep_cond` (1, time_cond_proj_dim).
 */
function addGuidance(g: Graph, waves: Value, { time_cond_proj_dim: dim }: UNetConfig): Value {
  if (dim === null) return waves;
  const guidance = g.input("timestep_cond", [1, dim]);
  const [, width = 0] = waves.shape;
  return add(g, waves, linear(g.at("time_embedding.cond_proj"), guidance, width, { bias: false }));
}

/** ResNet block with the time embedding added between its two convolutions. */
function resnet(g: Graph, x: Value, { config, time }: Conditioning, out: number): Value {
  let y = conv2d(g.at("conv1"), silu(g, groupNorm(g.at("norm1"), x, normOf(config))), { out });
  y = addPerChannel(g, y, linear(g.at("time_emb_proj"), time, out));
  y = conv2d(g.at("conv2"), silu(g, groupNorm(g.at("norm2"), y, normOf(config))), { out });
  const shortcut = channelsOf(x) === out ? x : conv2d(g.at("conv_shortcut"), x, { out, kernel: 1 });
  return add(g, shortcut, y);
}

/** Spatial transformer: every pixel attends to the picture, then to the text. */
function transformer(g: Graph, x: Value, cond: Conditioning, { heads, depth }: Attention): Value {
  if (depth === 0) return x;
  const { use_linear_projection: byPixel, norm_num_groups: groups } = cond.config;
  const out = channelsOf(x);
  const normal = groupNorm(g.at("norm"), x, { groups, epsilon: 1e-6 }); // Transformer2DModel, norm
  let y = byPixel
    ? linear(g.at("proj_in"), flattenSpace(g, normal), out)
    : flattenSpace(g, conv2d(g.at("proj_in"), normal, { out, kernel: 1 }));
  for (let i = 0; i < depth; i++)
    y = transformerBlock(g.at(`transformer_blocks.${i}`), y, cond, heads);
  const back = byPixel
    ? unflattenSpace(g, linear(g.at("proj_out"), y, out), x)
    : conv2d(g.at("proj_out"), unflattenSpace(g, y, x), { out, kernel: 1 });
  return add(g, x, back);
}

function transformerBlock(g: Graph, x: Value, { text }: Conditioning, heads: number): Value {
  const h1 = layerNorm(g.at("norm1"), x);
  const y1 = add(g, x, attention(g.at("attn1"), h1, h1, heads));
  const h2 = layerNorm(g.at("norm2"), y1);
  const y2 = add(g, y1, attention(g.at("attn2"), h2, text, heads));
  return add(g, y2, feedForward(g.at("ff.net"), layerNorm(g.at("norm3"), y2)));
}

function attention(g: Graph, x: Value, source: Value, heads: number): Value {
  const [, , width = 0] = x.shape;
  const query = linear(g.at("to_q"), x, width, { bias: false });
  const key = linear(g.at("to_k"), source, width, { bias: false });
  const value = linear(g.at("to_v"), source, width, { bias: false });
  return linear(g.at("to_out.0"), attend(g, { query, key, value }, heads), width);
}

/** GEGLU feed-forward with four times the width inside. */
function feedForward(g: Graph, x: Value): Value {
  const [, , width = 0] = x.shape;
  return linear(g.at("2"), gatedGelu(g, linear(g.at("0.proj"), x, 8 * width)), width);
}

function downsample(g: Graph, x: Value, { downsample_padding }: UNetConfig): Value {
  const padding = downsample_padding === 0 ? "end" : downsample_padding;
  return conv2d(g, x, { out: channelsOf(x), stride: 2, padding });
}

function normOf({ norm_num_groups, norm_eps }: UNetConfig): { groups: number; epsilon: number } {
  return { groups: norm_num_groups, epsilon: norm_eps };
}
