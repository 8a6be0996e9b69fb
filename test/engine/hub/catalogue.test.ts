import { expect, test } from "vitest";
import { CATALOGUE } from "../../../engine/hub/catalogue.ts";

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

test("names everything once", () => {
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
