import { encodeModel, type OnnxNode, type Program } from "../graph/onnx.ts";
import type { InferenceClient } from "./inference-client.ts";
import type { Provider } from "./messages.ts";

/** Side of the probe's square matrices: 2 GFLOP, enough to tell a GPU from a software implementation of one. */
const SIDE = 1024;

/** Additional products, which separate the device's speed from the cost of getting there. */
const MORE = 8;

/** A device that needs longer than this for one product is not measured further. */
const PATIENCE_SECONDS = 0.5;

/** ONNX's number types that the product is computed in. */
const CAST = { float32: 1, float16: 10 };

let lastSession = 0;

/** What multiplying matrices shows about a device. */
export interface Measured {
  /** Whether it also multiplies in float16; not tested on the CPU. */
  readonly float16: boolean;
  /** Seconds for one product, including transfer. */
  readonly seconds: number;
  /** Billions of operations per second; undefined if one product already took too long. */
  readonly gigaflops: number | undefined;
}

/**
 * Multiplies matrices on one provider and measures the time. Throws ONNX Runtime's error, or an error if the product is
 * wrong.
 */
export async function measure(client: InferenceClient, provider: Provider): Promise<Measured> {
  const seconds = await multiply(client, provider, { precision: "float32", times: 1 });
  const float16 = provider !== "cpu" && (await canHalve(client, provider));
  return {
    float16,
    seconds,
    gigaflops: await measureSpeed(client, provider, { seconds, float16 }),
  };
}

async function canHalve(client: InferenceClient, provider: Provider): Promise<boolean> {
  return multiply(client, provider, { precision: "float16", times: 1 }).then(
    () => true,
    () => false,
  );
}

/** The time of many products less that of one is pure computing, since the transfer is the same. */
async function measureSpeed(
  client: InferenceClient,
  provider: Provider,
  { seconds, float16 }: { seconds: number; float16: boolean },
): Promise<number | undefined> {
  if (seconds > PATIENCE_SECONDS) return undefined;
  const precision = float16 ? "float16" : "float32";
  const one = await multiply(client, provider, { precision, times: 1 });
  const many = await multiply(client, provider, { precision, times: 1 + MORE });
  return many > one ? (MORE * 2 * SIDE ** 3) / (many - one) / 1e9 : undefined;
}

interface Product {
  readonly precision: "float32" | "float16";
  /** How many more times the result is multiplied. */
  readonly times: number;
}

/** Seconds of a warm run, the better of two. Throws if the product is wrong. */
async function multiply(
  client: InferenceClient,
  provider: Provider,
  product: Product,
): Promise<number> {
  const session = ++lastSession;
  const options = { provider, weights: "prepacked" } as const;
  const graph = encodeModel(programOf(product));
  await client.request({ kind: "open", session, graph, options }, `opening ${provider}`);
  // Every product of these two is a matrix of ones again, so values stay the same however often it is repeated.
  const inputs = { x: filled(1), mean: filled(1 / SIDE) };
  const request = { kind: "run", session, inputs } as const;
  const { y } = await client.request(request, `multiplying on ${provider}`);
  if (y?.data.every((value) => Math.abs(value - 1) < 0.01) !== true)
    throw new Error("it multiplies wrongly");
  const secondsOfRun = async (): Promise<number> => {
    const start = performance.now();
    await client.request(request, `multiplying on ${provider}`);
    return (performance.now() - start) / 1000;
  };
  return Math.min(await secondsOfRun(), await secondsOfRun());
}

function filled(value: number): { shape: number[]; data: Float32Array } {
  return { shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(value) };
}

function programOf({ precision, times }: Product): Program {
  const nodes = [
    node("Cast", ["x"], "x0", CAST[precision]),
    node("Cast", ["mean"], "m", CAST[precision]),
  ];
  for (let i = 1; i <= times; i++) nodes.push(node("MatMul", [`x${i - 1}`, "m"], `x${i}`));
  nodes.push(node("Cast", [`x${times}`], "y", CAST.float32));
  return { inputs: [port("x"), port("mean")], outputs: [port("y")], nodes, initializers: [] };
}

function port(name: string): Program["inputs"][number] {
  return { name, type: "float32", shape: [SIDE, SIDE] };
}

function node(operator: string, inputs: string[], output: string, to?: number): OnnxNode {
  const attributes = to === undefined ? {} : { to };
  return { name: output, operator, inputs, outputs: [output], attributes };
}
