import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { InitImages } from "../../../engine/studio/init-images.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const red = { create: { width: 48, height: 32, channels: 3, background: "red" } } as const;
const [png, jpeg, webp] = await Promise.all([
  sharp(red).png().toBuffer(),
  sharp(red).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  sharp(red).webp().toBuffer(),
]);

function open(folder = temporaryFolder()): Promise<InitImages> {
  return InitImages.open(folder, (kind, id) => `/${kind}/${id}`);
}

test("stores a picture by its content, unchanged, once", async () => {
  const folder = temporaryFolder();
  const images = await open(folder);
  const first = await images.add(png, "red.png");
  const second = await images.add(png, "another name.png");
  const id = createHash("sha256").update(png).digest("hex");
  expect([first, second]).toEqual(
    [0, 1].map(() => ({ id, width: 48, height: 32, address: `/init-image/${id}` })),
  );
  expect(readdirSync(join(folder, "init-images"))).toEqual([id]);
  expect(readFileSync(join(folder, "init-images", id))).toEqual(png);
});

test("knows sizes as a person sees them, and types, after a restart too", async () => {
  const folder = temporaryFolder();
  const images = await open(folder);
  const added = [await images.add(jpeg, "red.jpg"), await images.add(webp, "red.webp")];
  const later = await open(folder);
  const found = await Promise.all(added.map(({ id }) => later.get(id)));
  const opened = await Promise.all(added.map(({ id }) => later.open(id)));
  expect(found).toEqual(added);
  expect(found.map(({ width, height }) => [width, height])).toEqual([
    [32, 48],
    [48, 32],
  ]);
  expect(opened.map(({ type }) => type)).toEqual(["image/jpeg", "image/webp"]);
});

test("refuses what is not a picture, and stores nothing of it", async () => {
  const folder = temporaryFolder();
  const images = await open(folder);
  await expect(images.add(png.subarray(0, 60), "cut.png")).rejects.toThrow(
    refusal("IMAGE_UNREADABLE"),
  );
  expect(readdirSync(join(folder, "init-images"))).toEqual([]);
});

test.each(["none", "../queue.sqlite", "a".repeat(64)])("has no picture called %s", async (id) => {
  const folder = temporaryFolder();
  const images = await open(folder);
  writeFileSync(join(folder, "queue.sqlite"), "x");
  const missing = refusal("NOT_FOUND", { what: "start image", id });
  await expect(images.get(id)).rejects.toThrow(missing);
  await expect(images.open(id)).rejects.toThrow(missing);
});

test("sweeps what a crash left half-written", async () => {
  const folder = temporaryFolder();
  await open(folder);
  writeFileSync(join(folder, "init-images", "half.part"), "x");
  await open(folder);
  expect(readdirSync(join(folder, "init-images"))).toEqual([]);
});

/** The remaining ones of two pictures, one of which is in use, after starts on these days. */
async function leftAfter(days: readonly number[]): Promise<string[]> {
  const folder = temporaryFolder();
  const images = await open(folder);
  const { id } = await images.add(png, "red.png");
  await images.add(jpeg, "red.jpg");
  const start = Date.UTC(2026, 10, 24, 12);
  for (const day of days) {
    await images.prune((one) => one === id, new Date(start + day * 24 * 3_600_000));
  }
  const left = readdirSync(join(folder, "init-images")).filter((name) => name !== "unnamed.json");
  return left.map((name) => (name === id ? "named" : "unnamed")).toSorted();
}

test.each([
  ["a week of starts", [0, 1, 2, 3, 4, 5, 6, 7], ["named", "unnamed"]],
  ["more than a week of starts", [0, 1, 2, 3, 4, 5, 6, 7, 8], ["named"]],
  ["many starts on one day", Array<number>(20).fill(0), ["named", "unnamed"]],
  ["a clock that is years ahead at one start", [0, 4000, 1], ["named", "unnamed"]],
])("deletes what nothing names any more: %s", async (_, days, left) => {
  expect(await leftAfter(days)).toEqual(left);
});
