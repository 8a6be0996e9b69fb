import { expect, test } from "vitest";
import { parseValues } from "../../../engine/contract/grid-values.ts";
import { chosenValues, nameOf, withName } from "../../../renderer/picture/axis-choices.ts";

const models = [
  { value: "sd2", label: "Stable Diffusion 2" },
  { value: "STARTER", label: "sd2" },
];

test("the names that the form shows stand for their values, in any case; a value goes first", () => {
  expect(chosenValues(["stable diffusion 2", "sd2", "Starter", "other"], models)).toEqual([
    "sd2",
    "sd2",
    "STARTER",
    "other",
  ]);
  expect(chosenValues(["10", "20"])).toEqual(["10", "20"]);
});

test("a model is added by its name, or by its ID if another one has the same name", () => {
  expect(nameOf(models, 0)).toBe("Stable Diffusion 2");
  expect(nameOf([...models, { value: "copy", label: "sd2" }], 2)).toBe("copy");
});

test("a picked name is added to what was typed, quoted if it has commas", () => {
  expect(withName("", "DDIM")).toBe("DDIM");
  expect(withName("DDIM, ", "Euler")).toBe("DDIM, Euler");
  const text = withName("none", 'ink, "thin"');
  expect(parseValues("style", text)).toEqual(["none", 'ink, "thin"']);
});
