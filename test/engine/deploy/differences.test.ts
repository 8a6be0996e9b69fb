import { expect, test } from "vitest";
import { manifestDifferences, type Reasons } from "../../../engine/deploy/differences.ts";

const differencesBetween = (theirs: string, ours: string, reasons: Reasons<null> = {}) =>
  manifestDifferences({ theirs, ours }, reasons, null);

test("texts with the same meaning do not differ, however they are written", () => {
  expect(differencesBetween('a: "1"\nb: [x, y]\n', "b:\n  - x\n  - y\na: '1'\n")).toEqual([]);
});

test("a value, a removed key and a new one are reported with their lines", () => {
  expect(differencesBetween("a: 1\nb: 2\n", "a: 2\nc:\n  d: 3\n  e: 4\n")).toEqual([
    { path: "a", theirs: "1", ours: "2", reason: "", theirLines: [1, 1], ourLines: [1, 1] },
    { path: "b", theirs: "2", reason: "", theirLines: [2, 2], ourLines: [1, 1] },
    { path: "c", ours: "d: 3\ne: 4", reason: "", theirLines: [1, 1], ourLines: [2, 4] },
  ]);
});

test("differences come in the order of our lines, whatever the order of theirs", () => {
  const theirs = "list: [x]\nsize: 1\nname: a\n";
  const ours = "name: b\nsize: 2\nlist: [y]\n";
  expect(differencesBetween(theirs, ours).map(({ path }) => path)).toEqual([
    "name",
    "size",
    "list.x",
    "list.y",
  ]);
});

test("members of lists are matched by name, and texts by themselves, in any position", () => {
  const theirs = "env:\n  - name: A\n    value: 1\n  - name: B\n    value: 2\nargs: [x, y]\n";
  const ours = "env:\n  - name: B\n    value: 3\nargs: [y, z]\n";
  expect(differencesBetween(theirs, ours).map(({ path }) => path)).toEqual([
    "env.A",
    "env.B.value",
    "args.x",
    "args.z",
  ]);
});

test("a path with a reason is reported as a whole, and a star's reason covers everything below", () => {
  const reasons: Reasons<null> = { "spec.size": "Too small.", "meta.*": () => "Yours." };
  const theirs = "spec:\n  size: {cpu: 1, memory: 2}\nmeta: {a: 1}\n";
  const ours = "spec:\n  size: {cpu: 4, memory: 8}\nmeta: {a: 1, b: 2}\n";
  const told = differencesBetween(theirs, ours, reasons);
  expect(told.map(({ path, reason }) => [path, reason])).toEqual([
    ["spec.size", "Too small."],
    ["meta.b", "Yours."],
  ]);
});

test("names that JavaScript's objects have are treated like others", () => {
  const told = differencesBetween("a: 1\n", "a: 1\nconstructor: 2\ntoString: 3\n");
  expect(told.map(({ path, reason }) => [path, reason])).toEqual([
    ["constructor", ""],
    ["toString", ""],
  ]);
});
