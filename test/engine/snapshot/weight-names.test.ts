import { expect, test } from "vitest";
import { canonical } from "../../../engine/snapshot/weight-names.ts";

const attention = "decoder.mid_block.attentions.0";

test.each([
  ["text encoder", "text_model.final_layer_norm.bias", "final_layer_norm.bias"],
  ["text encoder", "final_layer_norm.bias", "final_layer_norm.bias"],
  ["UNet", "mid_block.attentions.0.proj_in.weight", "mid_block.attentions.0.proj_in.weight"],
  ["VAE", `${attention}.query.weight`, `${attention}.to_q.weight`],
  ["VAE", `${attention}.key.bias`, `${attention}.to_k.bias`],
  ["VAE", `${attention}.value.weight`, `${attention}.to_v.weight`],
  ["VAE", `${attention}.proj_attn.weight`, `${attention}.to_out.0.weight`],
  ["VAE", `${attention}.to_out.0.weight`, `${attention}.to_out.0.weight`],
  ["VAE", `${attention}.group_norm.weight`, `${attention}.group_norm.weight`],
] as const)("the %s calls %s %s", (network, name, today) => {
  expect(canonical(network, { name, shape: [8, 8] })).toEqual({ name: today, shape: [8, 8] });
});

function shapeOf(name: string): readonly number[] {
  return canonical("VAE", { name, shape: [8, 8, 1, 1] }).shape;
}

test("only the VAE's attention accepts 1x1 convolutions as matrices", () => {
  expect(shapeOf(`${attention}.query.weight`)).toEqual([8, 8]);
  expect(shapeOf(`${attention}.to_q.weight`)).toEqual([8, 8]);
  expect(shapeOf("quant_conv.weight")).toEqual([8, 8, 1, 1]);
});
