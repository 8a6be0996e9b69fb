import { expect, test } from "vitest";
import { unless } from "../../../renderer/shortcuts/registry.ts";

test("an action is disabled for a reason, or not at all", () => {
  expect(unless("Nothing is there")).toEqual({ isDisabled: true, reason: "Nothing is there" });
  expect(unless(false)).toEqual({});
});
