import { expect, test } from "vitest";
import { catalogueEntrySchema } from "../../../engine/contract/models.ts";
import { CATALOGUE } from "../../../engine/hub/catalogue.ts";

test("has the whole family, each with its publisher first and a mirror behind", () => {
  expect(CATALOGUE.map(({ id, sources }) => [id, ...sources])).toEqual(
    ["-2", "-2-1", "-2-base", "-2-1-base"].map((end) => [
      `stable-diffusion${end}`,
      `stabilityai/stable-diffusion${end}`,
      `sd2-community/stable-diffusion${end}`,
    ]),
  );
});

test("says what the contract asks for", () => {
  expect(catalogueEntrySchema.array().safeParse(CATALOGUE).success).toBe(true);
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
  ]);
});
