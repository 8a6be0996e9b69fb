import { beforeEach, expect, test } from "vitest";
import {
  type ListKey,
  pressKey,
  pressRow,
} from "../../../../renderer/buckets/browser/list-keys.ts";
import { createChoice } from "../../../../renderer/state/choice.ts";

const ids = ["a", "b", "c", "d", "e"];
const choice = createChoice();

function key(name: string, held: Partial<ListKey> = {}): ListKey {
  return { key: name, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held };
}

function press(name: string, held: Partial<ListKey> = {}): boolean {
  return pressKey(key(name, held), ids, 3, choice);
}

function state() {
  const { chosen, focused } = choice.useChoice.getState();
  return { chosen: [...chosen], focused };
}

beforeEach(() => choice.forgetChoice());

test("arrow keys select what they reach, and stop at the ends", () => {
  press("ArrowDown");
  expect(state()).toEqual({ chosen: ["a"], focused: "a" });
  press("ArrowUp");
  expect(state()).toEqual({ chosen: ["a"], focused: "a" });
  press("PageDown");
  expect(state().focused).toBe("d");
  press("End");
  press("ArrowDown");
  expect(state()).toEqual({ chosen: ["e"], focused: "e" });
  press("Home");
  expect(state().focused).toBe("a");
});

test("Shift selects a range, Ctrl only moves, Space adds to the selection", () => {
  choice.choose("b");
  press("ArrowDown", { shiftKey: true });
  expect(state().chosen).toEqual(["b", "c"]);
  press("End", { ctrlKey: true });
  expect(state()).toEqual({ chosen: ["b", "c"], focused: "e" });
  press(" ");
  expect(state().chosen).toEqual(["b", "c", "e"]);
});

test("other keys, Alt and empty lists are ignored", () => {
  expect(press("x")).toBe(false);
  expect(press("ArrowDown", { altKey: true })).toBe(false);
  expect(pressKey(key("ArrowDown"), [], 3, choice)).toBe(false);
  expect(state().chosen).toEqual([]);
});

test("the mouse selects one, more with Ctrl or Cmd, and a range with Shift", () => {
  pressRow(key(""), "b", ids, choice);
  pressRow(key("", { metaKey: true }), "e", ids, choice);
  expect(state().chosen).toEqual(["b", "e"]);
  pressRow(key("", { shiftKey: true }), "d", ids, choice);
  expect(state().chosen).toEqual(["d", "e"]);
});
