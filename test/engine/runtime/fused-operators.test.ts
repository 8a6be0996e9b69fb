import { expect, onTestFinished, test } from "vitest";
import { cudaLowering } from "../../../engine/graph/lowerings/cuda-lowering.ts";
import type { Lowering } from "../../../engine/graph/lowering.ts";
import { portableLowering } from "../../../engine/graph/lowerings/portable-lowering.ts";
import { deviceFor } from "../../../engine/runtime/device.ts";
import { hasFusedOperators } from "../../../engine/runtime/fused-operators.ts";
import { InferenceClient } from "../../../engine/runtime/inference-client.ts";
import { expanded } from "../../fakes/expand-cuda-operators.ts";

function client(): InferenceClient {
  const started = new InferenceClient();
  onTestFinished(() => started.kill());
  return started;
}

/** The same table with one operator that computes something else. */
function wrong(operator: string): Lowering {
  const right = expanded(cudaLowering("float16"));
  const first = right.join!;
  return {
    ...right,
    join: (nodes) => first(nodes.map((node) => (node.operator === operator ? faulty(node) : node))),
  };
}

function faulty(node: Parameters<NonNullable<Lowering["join"]>>[0][number]): typeof node {
  switch (node.operator) {
    case "NhwcConv":
      return { ...node, inputs: node.inputs.slice(0, 2) };
    case "GroupNorm":
      return { ...node, inputs: [node.inputs[0]!, node.inputs[2]!, node.inputs[1]!] };
    default:
      return { ...node, inputs: node.inputs.with(1, node.inputs[2]!) };
  }
}

test("the fused operators, by their definitions, give what plain ones give", async () => {
  expect(await hasFusedOperators(client(), "cpu", expanded(cudaLowering("float16")))).toBe(true);
});

test.each(["NhwcConv", "GroupNorm", "MultiHeadAttention"])(
  "%s that computes something else is noticed",
  async (operator) => {
    expect(await hasFusedOperators(client(), "cpu", wrong(operator))).toBe(false);
  },
);

test("a provider without them is found to have none", async () => {
  expect(await hasFusedOperators(client(), "cpu")).toBe(false);
});

test("they are used on a card where they were tried with success, and only there", () => {
  const used = deviceFor("cuda", { float16: true, fusedOperators: true });
  expect(used.lowering.join).toBeDefined();
  expect(used.textLowering.join).toBeUndefined();
  expect(used.vaeLowering).toMatchObject({ precision: "float32" });
  for (const shown of [{ float16: true }, { float16: true, fusedOperators: false }])
    expect(deviceFor("cuda", shown).lowering.layout).toBe(portableLowering("float16").layout);
});
