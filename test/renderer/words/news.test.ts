import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SOFTWARE } from "../../../engine/contract/software.ts";
import { news, unseenReleases } from "../../../renderer/words/en/news.ts";

test("the newest release in the file is the version that ships it", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(news.releases[0]?.version).toBe(version);
  expect(SOFTWARE.version).toBe(version);
});

test("users who skipped versions read all of them, and from an unknown one only the newest", () => {
  const releases = ["0.3.0", "0.2.0", "0.1.0"].map((version) => ({ version, items: [] }));
  const seenAfter = (seen: string | undefined) =>
    unseenReleases(releases, seen).map(({ version }) => version);
  expect(seenAfter("0.1.0")).toEqual(["0.3.0", "0.2.0"]);
  expect(seenAfter("0.3.0")).toEqual([]);
  expect(seenAfter("0.0.7")).toEqual(["0.3.0"]);
  expect(seenAfter(undefined)).toEqual(["0.3.0"]);
});
