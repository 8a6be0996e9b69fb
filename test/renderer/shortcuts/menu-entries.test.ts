import { expect, test } from "vitest";
import { menuEntries } from "../../../renderer/shortcuts/menu-entries.ts";

test("a disabled entry says why, an enabled one does not", () => {
  const action = { id: "a", label: "Do it", group: "A", reason: "Nothing is there", run: () => {} };
  const entries = menuEntries([
    { ...action, isDisabled: true },
    { ...action, isDisabled: false },
  ]);
  expect(entries.map(({ note }) => note)).toEqual(["Nothing is there", undefined]);
});
