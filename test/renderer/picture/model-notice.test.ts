import { expect, test } from "vitest";
import { modelNotice } from "../../../renderer/picture/model-notice.ts";

const known = {
  models: [{ id: "starter" }, { id: "sd-2-1" }],
  chosen: "starter",
  catalogue: [
    { id: "sd2", title: "Stable Diffusion 2", sources: ["stabilityai/stable-diffusion-2"] },
  ],
};

test("nothing is said of the chosen model, or of a picture that names none", () => {
  expect(modelNotice("starter", known)).toBeUndefined();
  expect(modelNotice(undefined, known)).toBeUndefined();
});

test("another model of this computer is found, and the chosen one is known", () => {
  expect(modelNotice("sd-2-1", known)).toEqual({
    kind: "other",
    id: "sd-2-1",
    name: "sd-2-1",
    used: "starter",
    former: "starter",
  });
});

test.each([
  ["sd2", "sd2"],
  ["Stable Diffusion 2", "sd2"],
  ["stable-diffusion-2", "sd2"],
  ["dreamlike-photoreal", ""],
])("a model that is not on this computer, %j, is found in the catalogue as %j", (name, wanted) => {
  expect(modelNotice(name, known)).toEqual({ kind: "missing", name, used: "starter", wanted });
});
