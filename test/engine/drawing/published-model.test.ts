import { expect, test } from "vitest";
import { countModel } from "../../../engine/drawing/published-model.ts";
import { readModel, STARTER } from "../../../engine/drawing/read-model.ts";
import { workOf } from "../../../engine/drawing/work.ts";
import { SD2 } from "../../fakes/sd2-configs.ts";

test("counts what is published of Stable Diffusion 2", () => {
  const model = { networks: SD2.snapshot, isDistilled: false, width: 768, height: 768 };
  expect(countModel(model)).toEqual({
    width: 768,
    height: 768,
    isDistilled: false,
    steps: 50,
    parameters: 865_910_724 + 340_387_840 + 83_653_863,
    unetParameters: 865_910_724,
    vaeParameters: 83_653_863,
    work: workOf(SD2, { width: 768, height: 768, isGuided: true }),
  });
});

test("counts the same as is read from a model's files", async () => {
  const { snapshot, summary } = await readModel(STARTER, "float32");
  const { parameters, unetParameters, vaeParameters, width, height, isDistilled } = summary;
  const sizes = { parameters, unetParameters, vaeParameters };
  expect(countModel({ networks: snapshot, isDistilled, width, height })).toMatchObject(sizes);
});

test("a distilled model takes few steps without guidance, unless its UNet takes the scale", () => {
  const size = { isDistilled: true, width: 512, height: 512 };
  const turbo = countModel({ networks: SD2.snapshot, ...size });
  const { unet, ...others } = SD2.snapshot;
  const config = { ...unet.config, time_cond_proj_dim: 256 };
  const consistent = countModel({ networks: { ...others, unet: { config } }, ...size });
  expect([turbo.steps, consistent.steps]).toEqual([4, 4]);
  const plain = workOf(SD2, { width: 512, height: 512, isGuided: false });
  expect(turbo.work).toEqual(plain);
  expect(consistent.work.step.operations / plain.step.operations).toBeCloseTo(1, 3);
});
