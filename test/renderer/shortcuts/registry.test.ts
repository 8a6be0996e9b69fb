import { expect, test } from "vitest";
import { disabledIf } from "../../../renderer/shortcuts/registry.ts";

test("an action is disabled for a reason, or not at all", () => {
  expect(disabledIf("Nothing is there")).toEqual({ isDisabled: true, reason: "Nothing is there" });
  expect(disabledIf(false)).toEqual({});
});
