import { expect, test } from "vitest";
import { workOf } from "../../../engine/drawing/work.ts";
import { REFERENCE } from "../../../engine/worker/reference-work.ts";
import { SD2_TEXT_ENCODER, SD2_UNET, SD2_VAE } from "../../fakes/sd2-configs.ts";

test("is what the graphs of Stable Diffusion 2 come to at 768x768", () => {
  const model = {
    snapshot: {
      textEncoder: { config: SD2_TEXT_ENCODER },
      unet: { config: SD2_UNET },
      vae: { config: SD2_VAE },
    },
    tokenizer: { length: 77 },
  } as Parameters<typeof workOf>[0];
  const counted = workOf(model, { width: 768, height: 768, isGuided: true });
  const shares = (["text", "step", "decode"] as const).map((part) => ({
    nodes: counted[part].nodes - REFERENCE.work[part].nodes,
    operations: expect.closeTo(
      counted[part].operations / REFERENCE.work[part].operations,
      3,
    ) as number,
  }));
  expect(shares).toEqual([1, 1, 1].map((operations) => ({ nodes: 0, operations })));
});
