import { cudaLowering } from "../graph/lowerings/cuda-lowering.ts";
import type { StoredWeight } from "../graph/emitter.ts";
import { Graph, type Model, type Value, type Weight } from "../graph/graph.ts";
import {
  add,
  addPerChannel,
  attend,
  conv2d,
  flattenSpace,
  gatedGelu,
  groupNorm,
  layerNorm,
  linear,
  silu,
} from "../graph/layers.ts";
import { lower, type Lowering } from "../graph/lowering.ts";
import { encodeModel } from "../graph/onnx.ts";
import { portableLowering } from "../graph/lowerings/portable-lowering.ts";
import { sizeOf, tensor, type FloatTensor } from "../tensor/tensor.ts";
import type { InferenceClient } from "./inference-client.ts";
import type { Provider } from "./messages.ts";

/** The finest level of Stable Diffusion: its widths are those that the fused operators are compiled for. */
const CHANNELS = 320;
const HEADS = 5;
const SIDE = 8;

/** Two ways to round in float16 differ by some 0.002 of the result; another layout or formula by its whole size. */
const TOLERANCE = 0.02;

/** The only session that is open in the process at a time. */
const SESSION = 1;

/**
 * Whether the provider's operators for diffusion models give what plain operators give there: a resnet and a
 * transformer of random weights are computed both ways. False as well where the provider has no such operators.
 */
export async function hasFusedOperators(
  client: InferenceClient,
  provider: Provider,
  fused: Lowering = cudaLowering("float16"),
): Promise<boolean> {
  const model = block();
  const plain = await results(client, provider, { model, lowering: portableLowering("float16") });
  const joined = await results(client, provider, { model, lowering: fused }).catch(() => undefined);
  return joined !== undefined && distance(joined, plain) < TOLERANCE;
}

/** A resnet and a transformer block over x (2, 320, 8, 8) and a time embedding (1, 320). */
function block(): Model {
  const g = Graph.empty();
  const x = g.input("x", [2, CHANNELS, SIDE, SIDE]);
  const time = g.input("time", [1, CHANNELS]);
  const first = conv2d(g.at("conv1"), normed(g.at("norm1"), x), { out: CHANNELS });
  const timed = addPerChannel(g, first, time);
  const second = conv2d(g.at("conv2"), normed(g.at("norm2"), timed), { out: CHANNELS });
  const tokens = flattenSpace(g, add(g, x, second));
  const h = layerNorm(g.at("norm3"), tokens);
  const query = linear(g.at("q"), h, CHANNELS);
  const key = linear(g.at("k"), h, CHANNELS);
  const value = linear(g.at("v"), h, CHANNELS);
  const y = add(g, tokens, attend(g, { query, key, value }, HEADS));
  const wide = linear(g.at("ff1"), layerNorm(g.at("norm4"), y), 8 * CHANNELS);
  return g.output("y", add(g, y, linear(g.at("ff2"), gatedGelu(g, wide), CHANNELS)));
}

function normed(g: Graph, x: Value): Value {
  return silu(g, groupNorm(g, x, { groups: 32, epsilon: 1e-5 }));
}

interface Computation {
  readonly model: Model;
  readonly lowering: Lowering;
}

async function results(
  client: InferenceClient,
  provider: Provider,
  { model, lowering }: Computation,
): Promise<Float32Array> {
  const doing = `testing fused operators on ${provider}`;
  const graph = encodeModel(lower(model, lowering, planted));
  const options = { provider, weights: "prepacked" } as const;
  await client.request({ kind: "open", session: SESSION, graph, options }, doing);
  const inputs = Object.fromEntries(model.inputs.map(({ name, shape }) => [name, waves(shape, 1)]));
  const { y } = await client.request({ kind: "run", session: SESSION, inputs }, doing);
  await client.request({ kind: "close", session: SESSION }, doing);
  if (!(y?.data instanceof Float32Array)) throw new Error("the output is not float32");
  return y.data;
}

/** Queries and keys are this much larger, so that attention prefers some keys and a wrong one is noticed. */
const CONTRAST = 4;

/** Weights that keep values near 1: norms have factors around 1, products are divided by the root of their inputs. */
function planted({ name, shape }: Weight): StoredWeight {
  const [, ...inputs] = shape;
  const isFactor = name.startsWith("norm") && name.endsWith("weight");
  const amplitude = inputs.length === 0 ? 0.5 : 1 / Math.sqrt(sizeOf(inputs));
  const { data } = waves(shape, /^[qk]\./.test(name) ? CONTRAST * amplitude : amplitude);
  const values = isFactor ? data.map((value) => 1 + value) : data;
  return { type: "float32", bytes: new Uint8Array(values.buffer) };
}

/** Values without a period between -amplitude and amplitude. */
function waves(shape: readonly number[], amplitude: number): FloatTensor {
  const wave = (_: unknown, i: number): number => amplitude * Math.sin(1 + i * i * 0.7);
  return tensor(shape, Float32Array.from({ length: sizeOf(shape) }, wave));
}

/** The root mean square of the difference, relative to that of `b`. */
function distance(a: Float32Array, b: Float32Array): number {
  const difference = a.map((value, i) => value - (b[i] ?? 0));
  return Math.sqrt(sumOfSquares(difference) / sumOfSquares(b));
}

function sumOfSquares(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
