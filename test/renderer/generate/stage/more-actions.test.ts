import { expect, test } from "vitest";
import type { GenerationRecord } from "../../../../engine/contract/image-record.ts";
import { withNextSeeds, withVariations } from "../../../../renderer/generate/stage/more-actions.ts";
import { useForm } from "../../../../renderer/state/form.ts";

const image = (id: string) => ({ id, width: 64, height: 64, address: "" });
const record: GenerationRecord = {
  prompt: "a fish",
  negativePrompt: "",
  steps: 10,
  seed: "7",
  width: 64,
  height: 64,
  model: "starter",
  device: "cpu",
  software: "Darkroom",
  version: "0.1.0",
};
const form = {
  ...useForm.getInitialState(),
  prompt: "a boat",
  styles: ["ink"],
  seed: "99",
  strength: 0.3,
  initImage: image("form's"),
};

test("the next seeds keep the picture's start image and strength, not the form's", () => {
  const started = { ...record, strength: 0.6, initImageId: "its" };
  expect(withNextSeeds(form, started, image("its"))).toMatchObject({
    prompt: "a fish",
    styles: [],
    seed: "8",
    count: 4,
    initImage: { id: "its" },
    strength: 0.6,
    resizeMode: "default",
  });
});

test("the next seeds of a picture drawn from noise have no start image", () => {
  expect(withNextSeeds(form, record, undefined).initImage).toBeUndefined();
});

test("variations start from the picture with new seeds", () => {
  expect(withVariations(form, record, image("picture"))).toMatchObject({
    prompt: "a fish",
    seed: "",
    count: 4,
    initImage: { id: "picture" },
    strength: 0.5,
  });
});

test("a form for more pictures leaves the user's form as it is", () => {
  useForm.setState(form);
  withNextSeeds(useForm.getState(), record, undefined);
  expect(useForm.getState()).toEqual(form);
});
