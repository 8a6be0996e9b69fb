import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { channelsLastLowering } from "../../../../engine/graph/lowerings/channels-last-lowering.ts";
import { cpuLowering } from "../../../../engine/graph/lowerings/cpu-lowering.ts";
import { fuseUpsampling } from "../../../../engine/graph/lowerings/upsampled-convolution.ts";
import { Graph, type Model, type Value } from "../../../../engine/graph/graph.ts";
import { add, conv2d, groupNorm, silu, upsample } from "../../../../engine/graph/layers.ts";
import { lower, type Lowering } from "../../../../engine/graph/lowering.ts";
import { joinNorms } from "../../../../engine/graph/lowerings/normed-convolution.ts";
import { encodeModel } from "../../../../engine/graph/onnx.ts";
import { DeviceSession } from "../../../../engine/runtime/device-session.ts";
import { Supervisor } from "../../../../engine/runtime/supervisor.ts";
import { sizeOf, tensor } from "../../../../engine/tensor/tensor.ts";
import { relativeError } from "../../../golden/reference.ts";
import { temporaryFolder } from "../../../fakes/temporary-folder.ts";

const waves = (shape: readonly number[], seed = 1): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(seed + i * i));

function network(shape: readonly number[], layer: (g: Graph, x: Value) => Value): Model {
  const g = Graph.empty();
  return g.output("y", layer(g, g.input("x", shape)));
}

function block(g: Graph, x: Value): Value {
  const y = silu(g, groupNorm(g.at("norm"), x, { groups: 4, epsilon: 1e-6 }));
  return add(g, x, conv2d(g.at("conv"), y, { out: x.shape[1]! }));
}

/** The output of a network with some weights on the CPU. */
async function run(model: Model, lowering: Lowering): Promise<Float32Array> {
  const folder = temporaryFolder();
  const names = [...model.weights.keys()];
  for (const [i, { shape }] of [...model.weights.values()].entries()) {
    writeFileSync(join(folder, `${i}`), waves(shape, i));
  }
  const graph = lower(model, lowering, ({ name, shape }) => {
    const lengthBytes = 4 * sizeOf(shape);
    return names.includes(name)
      ? { location: `${names.indexOf(name)}`, offset: 0, lengthBytes, type: "float32" }
      : undefined;
  });
  const supervisor = new Supervisor();
  const makesAnew = lowering.transformsKernels;
  const options = { provider: "cpu", folder, weights: "prepacked", makesAnew } as const;
  const plan = { step: encodeModel(graph), options };
  try {
    const session = new DeviceSession(supervisor, "network", () => plan);
    const [{ shape } = { shape: [] }] = model.inputs;
    const { y } = await session.run({ x: tensor(shape, waves(shape)) });
    return y!.data as Float32Array;
  } finally {
    supervisor.close();
  }
}

test.each([
  ["Winograd's convolution", network([1, 64, 9, 6], (g, x) => conv2d(g, x, { out: 72 }))],
  ["of a batch of two", network([2, 64, 4, 5], (g, x) => conv2d(g, x, { out: 64 }))],
  ["a narrow one", network([1, 8, 9, 6], (g, x) => conv2d(g, x, { out: 24 }))],
  ["one with few results", network([1, 64, 7, 6], (g, x) => conv2d(g, x, { out: 3 }))],
  ["a shortcut", network([1, 8, 7, 6], (g, x) => conv2d(g, x, { out: 24, kernel: 1 }))],
  [
    "one that strides",
    network([1, 8, 9, 6], (g, x) => conv2d(g, x, { out: 24, stride: 2, padding: "end" })),
  ],
  [
    "an upsampling to an odd size",
    network([1, 8, 5, 6], (g, x) => upsample(g, x, { height: 9, width: 12 })),
  ],
  [
    "a 2x upsampling with its convolution, of two",
    network([2, 8, 5, 6], (g, x) =>
      conv2d(g, upsample(g, x, { height: 10, width: 12 }), { out: 24 }),
    ),
  ],
  ["a block", network([2, 8, 5, 6], block)],
  ["a block by Winograd", network([1, 64, 12, 8], block)],
  ["a block by Winograd whose last tiles are cut, of two", network([2, 64, 10, 7], block)],
])(
  "the same result with channels last, in one band, in several, and too small for any: %s",
  async (_, model) => {
    const plain = await run(model, cpuLowering);
    const joined = joinNorms(fuseUpsampling(model));
    expect(relativeError(await run(joined, cpuLowering), plain)).toBeLessThan(1e-5);
    for (const options of [
      { bandFloats: 1, fewestPixels: 1 },
      { bandFloats: 2 ** 20, fewestPixels: 1 },
      { fewestPixels: 1000 },
    ]) {
      const turned = await run(joined, channelsLastLowering(options));
      expect(relativeError(turned, plain)).toBeLessThan(1e-5);
    }
  },
);
