import { expect, test } from "vitest";
import { catalogueEntrySchema } from "../../../engine/contract/models.ts";
import { CATALOGUE } from "../../../engine/hub/catalogue.ts";
import { unet } from "../../../engine/networks/unet.ts";
import { sizeOf } from "../../../engine/tensor/tensor.ts";
import { SD2_UNET } from "../../fakes/sd2-configs.ts";

test("has the whole family, each with its publisher first and then a mirror", () => {
  expect(CATALOGUE.slice(0, 4).map(({ id, sources }) => [id, ...sources])).toEqual(
    ["-2", "-2-1", "-2-base", "-2-1-base"].map((end) => [
      `stable-diffusion${end}`,
      `stabilityai/stable-diffusion${end}`,
      `sd2-community/stable-diffusion${end}`,
    ]),
  );
});

test("has models that need fewer steps or less memory, each with its licence", () => {
  expect(CATALOGUE.slice(4).map(({ sources, licence }) => [...sources, licence.id])).toEqual([
    ["stabilityai/sd-turbo", "stabilityai-community"],
    ["SimianLuo/LCM_Dreamshaper_v7", "mit"],
    ...["-v2-base", "-v2-small", "-v2-tiny", "-base", "-small", "-tiny"].map((end) => [
      `nota-ai/bk-sdm${end}`,
      "creativeml-openrail-m",
    ]),
  ]);
});

test("says what the contract asks for, and names everything once", () => {
  expect(catalogueEntrySchema.array().safeParse(CATALOGUE).success).toBe(true);
  for (const key of ["id", "title", "description"] as const) {
    expect(new Set(CATALOGUE.map((entry) => entry[key])).size).toBe(CATALOGUE.length);
  }
});

test("says which models predict noise, and at which size", () => {
  const kinds = CATALOGUE.map(({ predictionType, width, height }) => [
    predictionType,
    width,
    height,
  ]);
  expect(kinds).toEqual([
    ["v_prediction", 768, 768],
    ["v_prediction", 768, 768],
    ["epsilon", 512, 512],
    ["epsilon", 512, 512],
    ["epsilon", 512, 512],
    ["epsilon", 768, 768],
    ...Array.from({ length: 6 }, () => ["epsilon", 512, 512]),
  ]);
});

const ONE = [1, 1, 1, 1];
const BASE = { ...SD2_UNET, layers_per_block: ONE };
const SMALL = { ...BASE, mid_block_type: null };
const TINY = {
  ...SMALL,
  layers_per_block: ONE.slice(1),
  transformer_layers_per_block: ONE.slice(1),
  block_out_channels: [320, 640, 1280],
  attention_head_dim: [5, 10, 20],
  down_block_types: Array(3).fill("CrossAttnDownBlock2D"),
  up_block_types: Array(3).fill("CrossAttnUpBlock2D"),
};
const first = { ...SD2_UNET, cross_attention_dim: 768, use_linear_projection: false };

test.each([
  ["stable-diffusion-2-1-base", SD2_UNET, "v2"],
  ["bk-sdm-v2-base", BASE, "v2"],
  ["bk-sdm-v2-small", SMALL, "v2"],
  ["bk-sdm-v2-tiny", TINY, "v2"],
  ["bk-sdm-base", { ...first, layers_per_block: ONE }, "v1"],
  ["bk-sdm-small", { ...first, layers_per_block: ONE, mid_block_type: null }, "v1"],
  ["bk-sdm-tiny", { ...TINY, cross_attention_dim: 768, use_linear_projection: false }, "v1"],
] as const)("%s is as large as its network", (id, config, family) => {
  const { weights } = unet(config, { batch: 1, height: 8, width: 8, tokens: 1 });
  const parameters = [...weights.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const text = family === "v2" ? 340_387_840 : 123_060_480;
  const bytes = 2 * (parameters + text + 83_653_863);
  const entry = CATALOGUE.find((one) => one.id === id);
  expect(Math.abs((entry?.downloadBytes ?? 0) - bytes)).toBeLessThan(3_000_000);
});
