import type { DeviceReport } from "../contract/devices.ts";
import { encodeModel, type OnnxNode, type Program } from "../graph/onnx.ts";
import { InferenceClient } from "./inference-client.ts";
import type { Provider } from "./messages.ts";
import { reasonInWords } from "./provider-words.ts";

/** Side of the probe's square matrices: 2 GFLOP, enough to tell a GPU from software that plays one. */
const SIDE = 1024;

/** Providers that onnxruntime-node 1.30 carries, by platform and architecture, best first. */
const CARRIED: Readonly<Record<string, readonly Provider[]>> = {
  "linux-x64": ["cuda", "webgpu", "cpu"],
  "linux-arm64": ["cpu"],
  "win32-x64": ["dml", "webgpu", "cpu"],
  "win32-arm64": ["dml", "webgpu", "cpu"],
  "darwin-arm64": ["coreml", "webgpu", "cpu"],
};

/** What this machine can compute on, best first; each provider is tried alone, in a process of its own. */
export async function probeDevices(
  platform = `${process.platform}-${process.arch}`,
): Promise<readonly DeviceReport[]> {
  const reports = await Promise.all((CARRIED[platform] ?? []).map(probeDevice));
  const cpu = reports.find(({ provider }) => provider === "cpu");
  return reports.map((report) => withoutImpostor(report, cpu));
}

/**
 * Multiplies two matrices on one provider. ONNX Runtime for Node has no fallback of its own, and
 * a missing library shows only when a session is opened.
 */
export async function probeDevice(provider: Provider): Promise<DeviceReport> {
  const client = new InferenceClient();
  try {
    const seconds = await multiply(client, provider, "float32");
    const float16 = provider !== "cpu" && (await canHalve(client, provider));
    return { provider, available: true, float16, seconds };
  } catch (error) {
    return { provider, available: false, float16: false, reason: reasonInWords(provider, error) };
  } finally {
    client.kill();
  }
}

/** A Vulkan driver that computes on the CPU is a hundred times slower than the CPU provider: not a choice for `auto`. */
function withoutImpostor(report: DeviceReport, cpu: DeviceReport | undefined): DeviceReport {
  if (report.provider === "cpu" || report.seconds === undefined || cpu?.seconds === undefined)
    return report;
  const times = report.seconds / cpu.seconds;
  if (times < 2) return report;
  return {
    ...report,
    reason: `it is ${times.toFixed(0)} times slower than the CPU, so only used when asked for`,
  };
}

async function canHalve(client: InferenceClient, provider: Provider): Promise<boolean> {
  return multiply(client, provider, "float16").then(
    () => true,
    () => false,
  );
}

/** Seconds of one warm product of ones; a wrong sum is a refusal like any other. */
async function multiply(
  client: InferenceClient,
  provider: Provider,
  precision: "float32" | "float16",
): Promise<number> {
  const session = precision === "float32" ? 1 : 2;
  const options = { provider, weights: "prepacked" } as const;
  const graph = encodeModel(product(precision));
  await client.request({ kind: "open", session, graph, options }, `opening ${provider}`);
  const ones = { shape: [SIDE, SIDE], data: new Float32Array(SIDE * SIDE).fill(1) };
  const request = { kind: "run", session, inputs: { a: ones, b: ones } } as const;
  const { c } = await client.request(request, `multiplying on ${provider}`);
  if (c?.data.every((value) => Math.abs(value - SIDE) < 1) !== true)
    throw new Error("it multiplies wrongly");
  const start = performance.now();
  await client.request(request, `multiplying on ${provider}`);
  return (performance.now() - start) / 1000;
}

function product(precision: "float32" | "float16"): Program {
  const shape = [SIDE, SIDE];
  const port = (name: string) => ({ name, type: "float32", shape }) as const;
  const nodes =
    precision === "float32"
      ? [node("MatMul", ["a", "b"], "c")]
      : [
          node("Cast", ["a"], "a16", 10),
          node("Cast", ["b"], "b16", 10),
          node("MatMul", ["a16", "b16"], "c16"),
          node("Cast", ["c16"], "c", 1),
        ];
  return { inputs: [port("a"), port("b")], outputs: [port("c")], nodes, initializers: [] };
}

function node(operator: string, inputs: string[], output: string, to?: number): OnnxNode {
  const attributes = to === undefined ? {} : { to };
  return { name: output, operator, inputs, outputs: [output], attributes };
}
