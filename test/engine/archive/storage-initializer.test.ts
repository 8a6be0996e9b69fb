import { expect, test } from "vitest";
import {
  copiedObjects,
  differencesOver,
  requestedPrefix,
} from "../../../engine/archive/storage-initializer.ts";

const KEYS = [
  "sd2/config/config.properties",
  "stable-diffusion/",
  "stable-diffusion/.hidden",
  "stable-diffusion/a b+ü%.txt",
  "stable-diffusion/config/",
  "stable-diffusion/config/config.properties",
  "stable-diffusion/empty.txt",
  "stable-diffusion/model-store/stable-diffusion.mar",
  "stable-diffusion/stable-diffusion/again.txt",
  "stable-diffusion-xl/model-store/xl.mar",
  "stable-diffusion.txt",
];
const OBJECTS = KEYS.map((key) => ({ key, bytes: /empty|\/$/.test(key) ? 0 : 1 }));

const placed = (path: string, version: "0.12" | "0.15"): Record<string, string> =>
  Object.fromEntries(copiedObjects(OBJECTS, path, version).map((one) => [one.key, one.path]));

/** As kserve 0.13.0 and 0.20.0 placed them; a missing place means that it is not copied. */
type Place = string | undefined;
const SEEN: readonly (readonly [string, Place, Place, Place, Place])[] = [
  ["stable-diffusion/.hidden", ".hidden", ".hidden", ".hidden", ".hidden"],
  ["stable-diffusion/a b+ü%.txt", "a b+ü%.txt", "a b+ü%.txt", "a b+ü%.txt", "a b+ü%.txt"],
  [
    "stable-diffusion/config/config.properties",
    "config/config.properties",
    "config/config.properties",
    "config/config.properties",
    "config/config.properties",
  ],
  ["stable-diffusion/empty.txt", "empty.txt", "empty.txt", undefined, undefined],
  [
    "stable-diffusion/model-store/stable-diffusion.mar",
    "stable-diffusion.mar",
    "model-store/stable-diffusion.mar",
    "model-store/stable-diffusion.mar",
    "model-store/stable-diffusion.mar",
  ],
  [
    "stable-diffusion/stable-diffusion/again.txt",
    "again.txt",
    "again.txt",
    "stable-diffusion/again.txt",
    "stable-diffusion/again.txt",
  ],
  [
    "stable-diffusion-xl/model-store/xl.mar",
    "-xl/model-store/xl.mar",
    undefined,
    "-xl/model-store/xl.mar",
    undefined,
  ],
  ["stable-diffusion.txt", "stable-diffusion.txt", undefined, ".txt", undefined],
];

test.each([
  ["stable-diffusion", "0.12", 1],
  ["stable-diffusion/", "0.12", 2],
  ["stable-diffusion", "0.15", 3],
  ["stable-diffusion/", "0.15", 4],
] as const)("copies of %s are placed as KServe %s places them", (path, version, column) => {
  const wanted = SEEN.flatMap(([key, ...places]) => {
    const place = places[column - 1];
    return place === undefined ? [] : [[key, place]];
  });
  expect(placed(path, version)).toEqual(Object.fromEntries(wanted));
});

test("a key copies only its object, and the bucket everything", () => {
  const mar = "stable-diffusion/model-store/stable-diffusion.mar";
  expect(placed(mar, "0.12")).toEqual({ [mar]: "stable-diffusion.mar" });
  expect(placed(mar, "0.15")).toEqual({ [mar]: "stable-diffusion.mar" });
  expect(Object.keys(placed("", "0.12"))).toHaveLength(9);
  expect(placed("", "0.15")[mar]).toBe(mar);
  expect(placed("nothing", "0.15")).toEqual({});
});

test("differences between the versions are reported for each object", () => {
  expect(differencesOver(OBJECTS, "sd2/")).toEqual([]);
  expect(differencesOver(OBJECTS, "stable-diffusion/")).toEqual([
    "stable-diffusion/empty.txt becomes empty.txt up to 0.14 and nothing in later ones",
    "stable-diffusion/stable-diffusion/again.txt becomes again.txt up to 0.14 and stable-diffusion/again.txt in later ones",
  ]);
});

test("a marker without a slash is an object to the earlier versions, and nothing to the later ones", () => {
  const objects = [
    { key: "sd", bytes: 0 },
    { key: "sd/model-store/sd.mar", bytes: 1 },
  ];
  expect(copiedObjects(objects, "sd", "0.12")).toEqual([{ key: "sd", path: "sd" }]);
  expect(copiedObjects(objects, "sd", "0.15")).toEqual([
    { key: "sd/model-store/sd.mar", path: "model-store/sd.mar" },
  ]);
});

test.each([
  ["/sd/", "sd/"],
  ["v#2/", "v"],
  ["what?/x", "what"],
  ["50% a+b/", "50% a+b/"],
])("for the path %s it requests %s", (entered, asked) => {
  expect(requestedPrefix(entered)).toBe(asked);
});

test("to the file system two slashes are one", () => {
  const objects = [{ key: "sd/model-store//sd.mar", bytes: 1 }];
  expect(copiedObjects(objects, "sd/", "0.15")).toMatchObject([{ path: "model-store/sd.mar" }]);
});
