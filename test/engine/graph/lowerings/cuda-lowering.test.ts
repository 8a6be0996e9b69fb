import { expect, test } from "vitest";
import { cudaLowering } from "../../../../engine/graph/lowerings/cuda-lowering.ts";
import type { Weight } from "../../../../engine/graph/graph.ts";
import { lower } from "../../../../engine/graph/lowering.ts";
import { unet } from "../../../../engine/networks/unet.ts";
import { SD2_UNET } from "../../../fakes/sd2-configs.ts";

const stored = ({ shape }: Weight) =>
  ({ location: "w", offset: 0, lengthBytes: 2 * shape.length, type: "float16" }) as const;

/** How many times Stable Diffusion 2's UNet contains each operator. */
function counts(): Record<string, number> {
  const size = { batch: 2, samples: 1, height: 64, width: 64, tokens: 77 };
  const { nodes } = lower(unet(SD2_UNET, size), cudaLowering("float16"), stored);
  const all: Record<string, number> = {};
  for (const { operator } of nodes) all[operator] = (all[operator] ?? 0) + 1;
  return all;
}

test("Stable Diffusion 2's UNet is made of the fused operators, and transposed at its ends alone", () => {
  const found = counts();
  // 22 resnets with two norms each, 16 transformers with one, and the last; those without a sum before them are alone.
  expect((found["GroupNorm"] ?? 0) + (found["SkipGroupNorm"] ?? 0)).toBe(22 * 2 + 16 + 1);
  expect(found).toMatchObject({
    MultiHeadAttention: 32,
    BiasSplitGelu: 16,
    SkipLayerNormalization: 32,
    LayerNormalization: 16,
  });
  // Every resnet's second norm has the time embedding before it, and no SiLU is left alone but those of the time embedding.
  expect(found["SkipGroupNorm"]).toBeGreaterThanOrEqual(22);
  expect(found["QuickGelu"]).toBe(2);
  expect(found["InstanceNormalization"]).toBeUndefined();
  expect(found["Conv"]).toBeUndefined();
  // A transposition for each kernel, folded when the session is opened, and one each for input and output.
  expect(found["Transpose"]).toBe((found["NhwcConv"] ?? 0) + 2);
});
