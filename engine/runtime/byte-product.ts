import { encodeModel, type Initializer, type OnnxNode } from "../graph/onnx.ts";
import type { InferenceClient } from "./inference-client.ts";

/** Inputs of the test product: as many as a 3x3 kernel over 64 channels has. */
const LENGTH = 576;
/** Rows and columns: enough that the kernels for large products are used, which differ from those for one row. */
const SIDE = 128;

let lastSession = 0;

/**
 * Whether this processor adds products of bytes exactly. AVX2 without VNNI adds pairs of them in 16 bits, where 255 *
 * 127 twice saturates without an error: pictures would only be worse. A test product shows it, so no list of processors
 * is needed.
 */
export async function addsBytesExactly(
  inference: Pick<InferenceClient, "request">,
): Promise<boolean> {
  // Sessions of networks are numbered upwards from 1.
  const session = --lastSession;
  const doing = "testing products of bytes";
  const options = { provider: "cpu", weights: "prepacked" } as const;
  await inference.request({ kind: "open", session, graph: plantedProduct(), options }, doing);
  const x = { shape: [SIDE, LENGTH], data: new Float32Array(SIDE * LENGTH).fill(1) };
  const { y } = await inference.request({ kind: "run", session, inputs: { x } }, doing);
  await inference.request({ kind: "close", session }, doing);
  const wanted = LENGTH * 127;
  return y?.data.every((value) => Math.abs(value - wanted) < wanted / 1000) === true;
}

/** Ones, which are quantized to 255, times weights of 127. */
function plantedProduct(): Uint8Array {
  const weights = new Uint8Array(LENGTH * SIDE).fill(127);
  const scales = new Uint8Array(new Float32Array(SIDE).fill(1).buffer);
  const initializers: readonly Initializer[] = [
    { name: "weights", type: "int8", shape: [LENGTH, SIDE], bytes: weights },
    { name: "scales", type: "float32", shape: [SIDE], bytes: scales },
  ];
  const product: OnnxNode = {
    name: "y",
    operator: "DynamicQuantizeMatMul",
    domain: "com.microsoft",
    inputs: ["x", "weights", "scales"],
    outputs: ["y"],
    attributes: {},
  };
  return encodeModel({
    inputs: [{ name: "x", type: "float32", shape: [SIDE, LENGTH] }],
    outputs: [{ name: "y", type: "float32", shape: [SIDE, SIDE] }],
    nodes: [product],
    initializers,
  });
}
