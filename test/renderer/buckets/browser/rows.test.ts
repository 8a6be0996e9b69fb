import { expect, test } from "vitest";
import {
  BY_NAME,
  fileKindOf,
  folderOf,
  lastNameOf,
  mayBeArchive,
  pressed,
  printable,
  rowsOf,
  waysTo,
} from "../../../../renderer/buckets/browser/rows.ts";

test("the folders of all pages come before the objects of all pages", () => {
  const page = (name: string) => ({
    folders: [{ prefix: `a/${name}/`, name }],
    objects: [{ key: `a/${name}.mar`, name: `${name}.mar`, bytes: 5 }],
    seen: 2,
  });
  const rows = rowsOf([page("x"), page("y")]);
  expect(rows.map(({ key }) => key)).toEqual(["a/x/", "a/y/", "a/x.mar", "a/y.mar"]);
  expect(rows[2]).toMatchObject({ kind: "object", name: "x.mar", bytes: 5 });
});

test("another press reverses the order, and the largest and the newest come first", () => {
  expect(pressed(BY_NAME, "name")).toEqual({ sortBy: "name", isDescending: true });
  expect(pressed(BY_NAME, "bytes")).toEqual({ sortBy: "bytes", isDescending: true });
  expect(pressed({ sortBy: "bytes", isDescending: true }, "name")).toEqual(BY_NAME);
});

test("names of hostile keys are shown, not obeyed", () => {
  expect(printable("\u0000line\nbreak\u007f")).toBe("\ufffdline\ufffdbreak\ufffd");
  expect(lastNameOf("a/b/c.mar")).toBe("c.mar");
  expect(lastNameOf("a/b/")).toBe("b");
  expect(lastNameOf("plain")).toBe("plain");
});

test("the path to a folder names each folder once, also one without a name", () => {
  expect(waysTo("")).toEqual([]);
  expect(waysTo("models/sd2/")).toEqual([
    { key: "models/", name: "models" },
    { key: "models/sd2/", name: "sd2" },
  ]);
  expect(waysTo("a//b/").map(({ key }) => key)).toEqual(["a/", "a//", "a//b/"]);
  expect(folderOf("a/b/")).toBe("a/");
  expect(folderOf("a/b.txt")).toBe("a/");
  expect(folderOf("b.txt")).toBe("");
});

test("what a row is, and whether it may contain a model", () => {
  const object = (key: string) => ({ kind: "object", key }) as const;
  expect(fileKindOf({ kind: "folder", key: "a.mar/" })).toBe("folder");
  expect(fileKindOf(object("x/Stable.MAR"))).toBe("archive");
  expect(fileKindOf(object("config.properties"))).toBe("text");
  expect(fileKindOf(object("noname"))).toBe("file");
  expect(mayBeArchive(object("x.tar.gz"))).toBe(true);
  expect(mayBeArchive({ kind: "folder", key: "x.mar/" })).toBe(false);
});
