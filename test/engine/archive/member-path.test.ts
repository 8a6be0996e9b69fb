import { posix, win32 } from "node:path";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { checkMembers } from "../../../engine/archive/limits.ts";
import { memberPath } from "../../../engine/archive/member-path.ts";
import { StudioError } from "../../../engine/contract/errors.ts";

/** Parts of names that are dangerous on some system, and harmless ones. */
const PIECE = fc.oneof(
  fc.constantFrom(
    "..",
    ".",
    "",
    "/",
    "\\",
    "\\\\",
    "C:",
    "c:",
    "//",
    "~",
    "con",
    "NUL.txt",
    "com1",
    "LPT¹",
    "aux ",
    "a.",
    "a ",
    ":",
    "a:b",
    "\0",
    "\n",
    "\u202e",
    "\u2066",
    "\ud800",
    "unet",
    "é",
    "é",
    "model.zip",
    "MAR-INF",
    "?",
    "*",
    "|",
    '"',
    "<",
    ">",
    "CONIN$",
    "file:",
    "%2e%2e",
    "．．",
  ),
  fc.string({ maxLength: 6, unit: "binary" }),
);
const NAME = fc
  .array(PIECE, { minLength: 1, maxLength: 6 })
  .chain((pieces) =>
    fc
      .array(fc.constantFrom("/", "\\", ""), { minLength: 6, maxLength: 6 })
      .map((joints) => pieces.map((piece, index) => `${piece}${joints[index] ?? ""}`).join("")),
  );

/** Whether an error is a proper refusal whose message can be shown in a terminal. */
const isClean = (error: unknown): boolean =>
  error instanceof StudioError &&
  error.code === "ARCHIVE_UNSAFE" &&
  !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(error.message);

/** The path of a member; undefined if it is refused properly. */
function placed(name: string): string | undefined {
  try {
    return memberPath(name, "a.mar");
  } catch (error) {
    if (isClean(error)) return undefined;
    throw error;
  }
}

/** Whether a path, joined to a folder, lies in it and keeps its name. */
function isBelow(system: typeof posix, root: string, path: string): boolean {
  const full = system.resolve(root, path);
  const shown = system.relative(root, full).replaceAll("\\", "/");
  return full.startsWith(`${root}${system.sep}`) && shown === path.replace(/\/$/, "");
}

const BAD_PART = /^$|^\.\.?$|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

test("whatever a member's name, its path is below the folder on every system, or it is refused", () => {
  fc.assert(
    fc.property(NAME, (name) => {
      const path = placed(name) ?? "refused";
      expect(isBelow(posix, "/data/models", path)).toBe(true);
      expect(isBelow(win32, "D:\\data\\models", path)).toBe(true);
      expect(path).not.toMatch(/[\\\0:<>"|?*]/);
      expect(Buffer.byteLength(path)).toBeLessThanOrEqual(512);
      const parts = path.replace(/\/$/, "").split("/");
      expect(parts.filter((part) => BAD_PART.test(part))).toEqual([]);
    }),
    { numRuns: 5000 },
  );
});

test("an accepted path is accepted again unchanged", () => {
  fc.assert(
    fc.property(NAME, (name) => {
      const path = placed(name) ?? "refused";
      expect(placed(path)).toBe(path);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["unet/diffusion_pytorch_model.fp16.safetensors"],
  ["MAR-INF/MANIFEST.json"],
  [".gitattributes"],
  ["console.json"],
  ["communal/nullable.txt"],
  ["a..b/c...d"],
  ["modèle/日本語.json"],
])("%s is an ordinary name", (name) => {
  expect(memberPath(name, "a.mar")).toBe(name);
});

const SAFE = fc.stringMatching(/^[a-zA-Z]{1,3}(\/[a-zA-Z]{1,3}){0,2}$/);

test("members that are the same file on some system are never accepted together", () => {
  fc.assert(
    fc.property(fc.array(SAFE, { minLength: 1, maxLength: 8 }), (paths) => {
      const members = paths.map((path) => ({ path, sizeBytes: 1, packedBytes: 1 }));
      const lower = paths.map((path) => path.toLowerCase());
      const folders = new Set(lower.flatMap((path) => foldersOf(path)));
      const isSound = new Set(lower).size === lower.length && !lower.some((p) => folders.has(p));
      expect(isTaken(members, 1000)).toBe(isSound);
    }),
    { numRuns: 2000 },
  );
});

function isTaken(members: Parameters<typeof checkMembers>[0], sizeBytes: number): boolean {
  try {
    checkMembers(members, { file: "a.mar", sizeBytes });
    return true;
  } catch (error) {
    if (error instanceof StudioError) return false;
    throw error;
  }
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, depth) => parts.slice(0, depth + 1).join("/"));
}

test("sizes that claim too much are refused before a byte is unpacked, however they are spread", () => {
  const member = fc.record({
    path: fc.constantFrom("a.safetensors", "b.json", "c.zip", "d.txt"),
    sizeBytes: fc.oneof(fc.integer({ min: 0, max: 1 << 20 }), fc.maxSafeInteger().map(Math.abs)),
    packedBytes: fc.integer({ min: 0, max: 1 << 20 }),
  });
  fc.assert(
    fc.property(fc.uniqueArray(member, { selector: ({ path }) => path }), (members) => {
      const sizeBytes = 4 << 20;
      const sum = (of: "sizeBytes" | "packedBytes") =>
        members.reduce((total, each) => total + each[of], 0);
      fc.pre(isTaken(members, sizeBytes));
      expect(sum("packedBytes")).toBeLessThanOrEqual(sizeBytes);
      // The largest size that any file's ratio allows, and the size below which no ratio is checked.
      expect(sum("sizeBytes")).toBeLessThanOrEqual(200 * sizeBytes + members.length * (1 << 16));
    }),
    { numRuns: 2000 },
  );
});
