import { expect, test } from "vitest";
import { countOperations } from "../../../engine/graph/count-operations.ts";
import { cutBeforeLast } from "../../../engine/graph/deep.ts";
import { Graph } from "../../../engine/graph/graph.ts";
import { silu } from "../../../engine/graph/layers.ts";
import { unetParts } from "../../../engine/runtime/unet-parts.ts";
import { SD2_UNET } from "../../fakes/sd2-configs.ts";

const { step } = unetParts(SD2_UNET, {
  batch: 2,
  samples: 1,
  height: 96,
  width: 96,
  tokens: 77,
});

test("the last layer of Stable Diffusion 2 is a tenth of its work, and takes what precedes it", () => {
  const { all, last, deep } = cutBeforeLast(step)!;
  expect(deep).toMatch(/^up_blocks\.3\.attentions\.1\./);
  expect(all.outputs.map(({ name }) => name)).toEqual(["out_sample", deep]);
  expect(last.outputs.map(({ name }) => name)).toEqual(["out_sample"]);
  expect(last.inputs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["sample", "timestep", deep]),
  );
  expect(countOperations(last).operations / countOperations(all).operations).toBeLessThan(0.11);
  const own = /^(time_|conv_|up_blocks\.3\.(resnets|attentions)\.2\.)/;
  expect([...last.weights.keys()].filter((name) => !own.test(name))).toEqual([]);
});

test("every value is made before it is used, or is an input", () => {
  const { last } = cutBeforeLast(step)!;
  const known = new Set(last.inputs.map(({ name }) => name));
  for (const { inputs, output } of last.nodes) {
    expect(inputs.filter(({ name }) => !known.has(name))).toEqual([]);
    known.add(output.name);
  }
});

test("a network without skips is not cut", () => {
  const g = Graph.empty();
  expect(cutBeforeLast(g.output("y", silu(g, g.input("x", [1, 2]))))).toBeUndefined();
});
