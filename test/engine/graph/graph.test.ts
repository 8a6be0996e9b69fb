import { expect, test } from "vitest";
import { cpuLowering } from "../../../engine/graph/lowerings/cpu-lowering.ts";
import { Graph, type Model } from "../../../engine/graph/graph.ts";
import { add, conv2d, flattenSpace, linear, silu, upsample } from "../../../engine/graph/layers.ts";
import { lower, type Lowering } from "../../../engine/graph/lowering.ts";
import { splitOnce } from "../../../engine/graph/once.ts";
import { encodeModel } from "../../../engine/graph/onnx.ts";
import { portableLowering } from "../../../engine/graph/lowerings/portable-lowering.ts";
import { unet } from "../../../engine/networks/unet.ts";
import { SD2_UNET } from "../../fakes/sd2-configs.ts";

/** x (1, 4, 8, 8) through a convolution, and a layer over the text (1, 64, 6). */
function small(): Model {
  const g = Graph.empty();
  const x = g.input("x", [1, 4, 8, 8]);
  const text = g.input("text", [1, 64, 6]);
  const words = silu(g.at("words"), linear(g.at("words.proj"), text, 4));
  const y = flattenSpace(g, conv2d(g.at("conv"), x, { out: 4 }));
  return g.output("y", add(g, y, words));
}

const inHalves = () => ({ location: "w", offset: 3, lengthBytes: 8, type: "float16" }) as const;

/** The number of casts of weights in a lowered graph whose file contains half floats. */
function casts(lowering: Lowering): number {
  return lower(small(), lowering, inHalves).nodes.filter(
    ({ operator, inputs }) => operator === "Cast" && /weight|bias/.test(inputs[0]!),
  ).length;
}

test("weights have their scope's name, and are requested with their shape", () => {
  expect([...small().weights.values()]).toEqual([
    { name: "words.proj.weight", shape: [4, 6] },
    { name: "words.proj.bias", shape: [4] },
    { name: "conv.weight", shape: [4, 4, 3, 3] },
    { name: "conv.bias", shape: [4] },
  ]);
});

test("no two values share a name", () => {
  const names = unet(SD2_UNET, { batch: 2, height: 8, width: 8, tokens: 77 }).nodes.map(
    ({ output }) => output.name,
  );
  expect(new Set(names).size).toBe(names.length);
});

test("every value is made before it is used", () => {
  const model = unet(SD2_UNET, { batch: 1, height: 9, width: 13, tokens: 77 });
  const known = new Set(model.inputs.map(({ name }) => name));
  for (const { inputs, output } of model.nodes) {
    expect(inputs.filter(({ name }) => !known.has(name))).toEqual([]);
    known.add(output.name);
  }
});

test.each([
  [1, "end", [1, 2, 8, 8]],
  [2, 1, [1, 2, 4, 4]],
  [2, "end", [1, 2, 4, 4]],
] as const)("a convolution of stride %i and padding %s gives %j", (stride, padding, shape) => {
  const g = Graph.empty();
  const kernel = padding === "end" && stride === 1 ? 2 : 3;
  expect(conv2d(g, g.input("x", [1, 3, 8, 8]), { out: 2, kernel, stride, padding }).shape).toEqual(
    shape,
  );
});

test("odd sizes are restored on the way up", () => {
  const g = Graph.empty();
  const model = unet(SD2_UNET, { batch: 1, height: 9, width: 13, tokens: 77 });
  expect(model.outputs[0]!.shape).toEqual([1, 4, 9, 13]);
  expect(upsample(g, g.input("x", [1, 2, 5, 7]), { height: 9, width: 13 }).shape).toEqual([
    1, 2, 9, 13,
  ]);
});

test("operations that depend on the text only are cut out, and the rest takes their results", () => {
  const { once, step } = splitOnce(small(), "text")!;
  expect(once.nodes.map(({ kind }) => kind)).toEqual(["linear", "silu"]);
  expect(once.outputs.map(({ name }) => name)).toEqual(["words.silu"]);
  expect(step.inputs.map(({ name }) => name)).toEqual(["x", "words.silu"]);
  expect([...once.weights.keys(), ...step.weights.keys()]).toEqual([...small().weights.keys()]);
});

test("the SD 2 UNet's text projections are all computed once", () => {
  const { once, step } = splitOnce(
    unet(SD2_UNET, { batch: 2, height: 8, width: 8, tokens: 77 }),
    "encoder_hidden_states",
  )!;
  expect(
    once.nodes.map(({ name }) => name.replace(/^.*attn/, "attn").replace(/\.linear.*$/, "")),
  ).toEqual(Array.from({ length: 16 }, () => ["attn2.to_k", "attn2.to_v"]).flat());
  expect(step.inputs.some(({ name }) => name === "encoder_hidden_states")).toBe(false);
});

test("one sample with two texts becomes two at the first text", () => {
  const size = { batch: 2, samples: 1, height: 8, width: 8, tokens: 77 };
  const { nodes, outputs } = unet(SD2_UNET, size);
  const isPicture = ({ output: { shape } }: (typeof nodes)[number]) => shape.length === 4;
  const meeting = nodes.find(({ kind }) => kind === "repeat")!;
  expect(meeting.name).toBe("down_blocks.0.attentions.0.transformer_blocks.0.attn2.repeat");
  const before = nodes.slice(0, nodes.indexOf(meeting)).filter(isPicture);
  expect(before.every(({ output: { shape } }) => shape[0] === 1)).toBe(true);
  expect(nodes.filter(({ kind }) => kind === "repeat").length).toBe(2);
  expect(outputs[0]!.shape).toEqual([2, 4, 8, 8]);
});

test("nothing is cut out if nothing depends on one input alone", () => {
  const g = Graph.empty();
  const a = g.input("a", [1, 2]);
  expect(splitOnce(g.output("y", add(g, a, g.input("b", [1, 2]))), "a")).toBeUndefined();
});

test("half floats are cast once on the CPU and used directly in a float16 graph", () => {
  expect([
    casts(cpuLowering),
    casts(portableLowering("float32")),
    casts(portableLowering("float16")),
  ]).toEqual([4, 4, 0]);
});

test("inputs and outputs are float32 in every precision", () => {
  for (const lowering of [cpuLowering, portableLowering("float16")]) {
    const { inputs, outputs } = lower(small(), lowering, inHalves);
    expect([...inputs, ...outputs].map(({ type }) => type)).toEqual([
      "float32",
      "float32",
      "float32",
    ]);
  }
});

test("a full-size UNet is a graph of some hundred kilobytes", () => {
  const model = unet(SD2_UNET, { batch: 2, height: 64, width: 64, tokens: 77 });
  const bytes = encodeModel(
    lower(model, cpuLowering, () => ({
      location: "w",
      offset: 0,
      lengthBytes: 4,
      type: "float32",
    })),
  );
  expect(bytes.length).toBeGreaterThan(100_000);
  expect(bytes.length).toBeLessThan(1_000_000);
});
