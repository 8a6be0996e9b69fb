import type { Graph, Value } from "./graph.ts";

/** The number of channels of (b, c, h, w). */
export function channelsOf({ shape: [, channels = 0] }: Value): number {
  return channels;
}

function batchOf({ shape: [batch = 0] }: Value): number {
  return batch;
}

/** The width of (…, width). */
function widthOf({ shape }: Value): number {
  return shape.at(-1) ?? 0;
}

interface Conv2dOptions {
  readonly out: number;
  readonly kernel?: number;
  readonly stride?: number;
  /** Padding on every side; "end" pads one row and one column, at the bottom and right only. */
  readonly padding?: number | "end";
  readonly bias?: boolean;
}

/** Convolution over (b, c, h, w); with a stride of 1 it keeps height and width. */
export function conv2d(
  g: Graph,
  x: Value,
  { out, kernel = 3, stride = 1, padding = kernel >> 1, bias = true }: Conv2dOptions,
): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const pads =
    padding === "end" ? ([0, 0, 1, 1] as const) : ([padding, padding, padding, padding] as const);
  const size = (length: number, before: number, after: number) =>
    Math.floor((length + before + after - kernel) / stride) + 1;
  const matrix = g.weight("weight", [out, channels, kernel, kernel]);
  const weights = bias ? [matrix, g.weight("bias", [out])] : [matrix];
  const shape = [batch, out, size(height, pads[0], pads[2]), size(width, pads[1], pads[3])];
  return g.op("conv2d", { inputs: [x], weights, attributes: { stride, pads } }, shape);
}

/** x Wᵀ + b over the last dimension. */
export function linear(g: Graph, x: Value, out: number, { bias = true } = {}): Value {
  const matrix = g.weight("weight", [out, widthOf(x)]);
  const weights = bias ? [matrix, g.weight("bias", [out])] : [matrix];
  return g.op("linear", { inputs: [x], weights, attributes: {} }, [...x.shape.slice(0, -1), out]);
}

export function groupNorm(
  g: Graph,
  x: Value,
  { groups, epsilon }: { groups: number; epsilon: number },
): Value {
  const weights = [g.weight("weight", [channelsOf(x)]), g.weight("bias", [channelsOf(x)])];
  return g.op("groupNorm", { inputs: [x], weights, attributes: { groups, epsilon } }, x.shape);
}

export function layerNorm(g: Graph, x: Value, epsilon = 1e-5): Value {
  const weights = [g.weight("weight", [widthOf(x)]), g.weight("bias", [widthOf(x)])];
  return g.op("layerNorm", { inputs: [x], weights, attributes: { epsilon } }, x.shape);
}

interface AttentionInputs {
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
  /** (b, m): 1 for keys that are visible, 0 for masked ones; all are visible if it is absent. */
  readonly seen?: Value | undefined;
}

/** softmax(q kᵀ / √d) v, per head; the inputs are already projected. */
export function attend(
  g: Graph,
  { query, key, value, seen }: AttentionInputs,
  heads: number,
  causal = false,
): Value {
  const queries = repeat(g, query, batchOf(key));
  const inputs = [queries, key, value, ...(seen ? [seen] : [])];
  return g.op("attention", { inputs, weights: [], attributes: { heads, causal } }, queries.shape);
}

export const silu = (g: Graph, x: Value): Value => elementwise(g, "silu", x);
export const gelu = (g: Graph, x: Value): Value => elementwise(g, "gelu", x);
/** x σ(1.702 x), as OpenAI's CLIP has it. */
export const quickGelu = (g: Graph, x: Value): Value => elementwise(g, "quickGelu", x);
export const relu = (g: Graph, x: Value): Value => elementwise(g, "relu", x);
export const tanh = (g: Graph, x: Value): Value => elementwise(g, "tanh", x);

type Elementwise = "silu" | "gelu" | "quickGelu" | "relu" | "tanh";

function elementwise(g: Graph, kind: Elementwise, x: Value): Value {
  return g.op(kind, { inputs: [x], weights: [], attributes: {} }, x.shape);
}

/** GEGLU's gate: (…, 2 n) to (…, n). */
export function gatedGelu(g: Graph, x: Value): Value {
  const shape = [...x.shape.slice(0, -1), widthOf(x) / 2];
  return g.op("gatedGelu", { inputs: [x], weights: [], attributes: {} }, shape);
}

export function add(g: Graph, a: Value, b: Value): Value {
  const { shape } = batchOf(b) > batchOf(a) ? b : a;
  return g.op("add", { inputs: [a, b], weights: [], attributes: {} }, shape);
}

/** Adds one number per channel to every pixel of (b, c, h, w). */
export function addPerChannel(g: Graph, x: Value, perChannel: Value): Value {
  return g.op("addPerChannel", { inputs: [x, perChannel], weights: [], attributes: {} }, x.shape);
}

/** Adds position embeddings, the first rows of a table, to (b, n, width). */
export function addRows(g: Graph, x: Value, rows: number): Value {
  const weights = [g.weight("weight", [rows, widthOf(x)])];
  return g.op("addRows", { inputs: [x], weights, attributes: {} }, x.shape);
}

export function affine(
  g: Graph,
  x: Value,
  { factor, offset }: { factor: number; offset: number },
): Value {
  return g.op("affine", { inputs: [x], weights: [], attributes: { factor, offset } }, x.shape);
}

/** Concatenates the channels of a, then of b. */
export function concat(g: Graph, a: Value, b: Value): Value {
  const [, , ...space] = a.shape;
  const batch = Math.max(batchOf(a), batchOf(b));
  const inputs = [a, b].map((x) => repeat(g, x, batch));
  const shape = [batch, channelsOf(a) + channelsOf(b), ...space];
  return g.op("concat", { inputs, weights: [], attributes: {} }, shape);
}

/** Repeats an `x` with a batch of 1 up to `batch`: what is the same for all rows is computed once. */
export function repeat(g: Graph, x: Value, batch: number): Value {
  const [, ...rest] = x.shape;
  const node = { inputs: [x], weights: [], attributes: {} };
  return batchOf(x) === batch ? x : g.op("repeat", node, [batch, ...rest]);
}

/** (b, c, h, w) to (b, h * w, c): every pixel becomes a token. */
export function flattenSpace(g: Graph, x: Value): Value {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.shape;
  const shape = [batch, height * width, channels];
  return g.op("flattenSpace", { inputs: [x], weights: [], attributes: {} }, shape);
}

/** Tokens back to pixels, in the shape of `like`. */
export function unflattenSpace(g: Graph, x: Value, like: Value): Value {
  const [, , height = 0, width = 0] = like.shape;
  const shape = [batchOf(x), widthOf(x), height, width];
  return g.op("unflattenSpace", { inputs: [x], weights: [], attributes: {} }, shape);
}

/** Nearest neighbour, to twice the size, or one pixel less if the level had an odd size. */
export function upsample(
  g: Graph,
  x: Value,
  { height, width }: { height: number; width: number },
): Value {
  const [batch = 0, channels = 0] = x.shape;
  return g.op("upsample", { inputs: [x], weights: [], attributes: {} }, [
    batch,
    channels,
    height,
    width,
  ]);
}

interface SinusoidOptions {
  readonly width: number;
  readonly cosineFirst: boolean;
  readonly shift: number;
}

/** Sinusoidal embedding of a timestep (1) as (1, width); frequencies fall from 1 to 1/10000. */
export function sinusoid(
  g: Graph,
  timestep: Value,
  { width, cosineFirst, shift }: SinusoidOptions,
): Value {
  const half = width / 2;
  const frequencies = Array.from({ length: half }, (_, i) =>
    Math.exp((-Math.log(10_000) * i) / (half - shift)),
  );
  return g.op(
    "sinusoid",
    { inputs: [timestep], weights: [], attributes: { frequencies, cosineFirst } },
    [1, width],
  );
}

/** Looks up rows of a table: (b, n) to (b, n, width). */
export function embedding(
  g: Graph,
  ids: Value,
  { rows, width }: { rows: number; width: number },
): Value {
  const weights = [g.weight("weight", [rows, width])];
  return g.op("embedding", { inputs: [ids], weights, attributes: {} }, [...ids.shape, width]);
}
