import { beforeEach, expect, test } from "vitest";
import {
  choose,
  chooseAll,
  chooseNone,
  chooseUpTo,
  focusPicture,
  forgetChoice,
  keepChoice,
  toggleChoice,
  useChoice,
} from "../../../renderer/state/choice.ts";

const ids = ["a", "b", "c", "d", "e"];

function state() {
  const { chosen, focused, anchor } = useChoice.getState();
  return { chosen: [...chosen], focused, anchor };
}

beforeEach(forgetChoice);

test("selecting one clears all others", () => {
  choose("a");
  choose("c");
  expect(state()).toEqual({ chosen: ["c"], focused: "c", anchor: "c" });
});

test("toggling adds and removes, and a range starts there", () => {
  choose("a");
  toggleChoice("c");
  toggleChoice("a");
  expect(state()).toEqual({ chosen: ["c"], focused: "a", anchor: "a" });
});

test("a range extends from where it started, forwards and backwards", () => {
  choose("c");
  chooseUpTo("e", ids);
  expect(state()).toEqual({ chosen: ["c", "d", "e"], focused: "e", anchor: "c" });
  chooseUpTo("b", ids);
  expect(state()).toEqual({ chosen: ["b", "c"], focused: "b", anchor: "c" });
});

test("a range can be added to the selection", () => {
  choose("a");
  toggleChoice("c");
  chooseUpTo("d", ids, true);
  expect(state().chosen).toEqual(["a", "c", "d"]);
});

test("a range without a start is one picture", () => {
  chooseUpTo("b", ids);
  expect(state()).toEqual({ chosen: ["b"], focused: "b", anchor: "b" });
});

test("moving the focus, selecting all and none keep the rest", () => {
  choose("b");
  focusPicture("d");
  chooseAll(ids);
  expect(state()).toEqual({ chosen: ids, focused: "d", anchor: "b" });
  chooseNone();
  expect(state()).toEqual({ chosen: [], focused: "d", anchor: "b" });
});

test("after a deletion the next picture is selected, so that Delete can be pressed again", () => {
  choose("b");
  chooseUpTo("c", ids);
  keepChoice(ids, ["a", "d", "e"]);
  expect(state()).toEqual({ chosen: ["d"], focused: "d", anchor: "d" });
});

test("after a deletion at the end the previous one is selected", () => {
  choose("e");
  keepChoice(ids, ["a", "b", "c", "d"]);
  expect(state()).toEqual({ chosen: ["d"], focused: "d", anchor: "d" });
});

test("what is still there stays selected", () => {
  choose("a");
  chooseUpTo("c", ids);
  keepChoice(ids, ["new", "a", "b", "d", "e"]);
  expect(state()).toEqual({ chosen: ["a", "b"], focused: "d", anchor: "d" });
});

test("a new picture changes nothing", () => {
  choose("b");
  const before = useChoice.getState();
  keepChoice(ids, ["new", ...ids]);
  expect(useChoice.getState()).toBe(before);
});

test("when everything is gone, nothing is selected", () => {
  choose("b");
  keepChoice(ids, []);
  expect(state()).toEqual({ chosen: [], focused: undefined, anchor: undefined });
});
