import { Graph, type Model, type Value } from "../graph/graph.ts";
import { add, affine, channelsOf, conv2d, relu, tanh, upsample } from "../graph/layers.ts";
import type { TinyVaeConfig } from "../snapshot/vae-config.ts";

/** Batch, height and width of the input: latents for the decoder, pixels for the encoder. */
export interface VaeSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** Latents are squashed smoothly to this range (DecoderTiny.forward). */
const LATENT_LIMIT = 3;

/** Counts the layers of a scope: diffusers names their weights by position in the sequence. */
type Next = () => Graph;

/**
 * `latents` (batch, latent_channels, h, w), the UNet's divided by scaling_factor, to `decoded` (batch, 3, 8h, 8w) in
 * -1..1.
 */
export function tinyDecoder(config: TinyVaeConfig, { batch, height, width }: VaeSize): Model {
  const g = Graph.empty();
  const latents = g.input("latents", [batch, config.latent_channels, height, width]);
  const next = layersOf(g.at("decoder"));
  const [out = 0] = config.decoder_block_out_channels;
  const last = config.num_decoder_blocks.length - 1;

  const small = tanh(g, affine(g, latents, { factor: 1 / LATENT_LIMIT, offset: 0 }));
  let x = conv2d(next(), affine(g, small, { factor: LATENT_LIMIT, offset: 0 }), { out });
  x = relu(next(), x);
  for (const [i, blocks] of config.num_decoder_blocks.entries()) {
    x = residuals(next, x, blocks);
    if (i < last) x = conv2d(after(next), upsample2x(g, x), { out, bias: false });
  }
  const picture = conv2d(next(), x, { out: config.out_channels });
  return g.output("decoded", affine(g, picture, { factor: 2, offset: -1 }));
}

/**
 * `image` (batch, 3, height, width) in -1..1 to `moments` (batch, latent_channels, h, w): the mean alone, since this
 * encoder has no variance.
 */
export function tinyEncoder(config: TinyVaeConfig, { batch, height, width }: VaeSize): Model {
  const g = Graph.empty();
  const image = g.input("image", [batch, config.in_channels, height, width]);
  const next = layersOf(g.at("encoder"));
  const [out = 0] = config.encoder_block_out_channels;

  let x = affine(g, image, { factor: 0.5, offset: 0.5 });
  for (const [i, blocks] of config.num_encoder_blocks.entries()) {
    x = i === 0 ? conv2d(next(), x, { out }) : conv2d(next(), x, { out, stride: 2, bias: false });
    x = residuals(next, x, blocks);
  }
  return g.output("moments", conv2d(next(), x, { out: config.latent_channels }));
}

function layersOf(g: Graph): Next {
  let index = 0;
  return () => g.at(`layers.${index++}`);
}

/** Skips the number of a layer without weights. */
function after(next: Next): Graph {
  next();
  return next();
}

/** A number of AutoencoderTinyBlocks. */
function residuals(next: Next, x: Value, blocks: number): Value {
  let y = x;
  for (let i = 0; i < blocks; i++) y = residual(next(), y);
  return y;
}

function residual(g: Graph, x: Value): Value {
  const out = channelsOf(x);
  let y = relu(g, conv2d(g.at("conv.0"), x, { out }));
  y = relu(g, conv2d(g.at("conv.2"), y, { out }));
  return relu(g, add(g, conv2d(g.at("conv.4"), y, { out }), x));
}

function upsample2x(g: Graph, x: Value): Value {
  const [, , height = 0, width = 0] = x.shape;
  return upsample(g, x, { height: 2 * height, width: 2 * width });
}
