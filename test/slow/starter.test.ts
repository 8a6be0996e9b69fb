import { afterAll, expect, onTestFinished, test } from "vitest";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { readGeneration } from "../../engine/image/generation-text.ts";
import { pixels, type Pixels } from "../../engine/image/pixels.ts";
import { readPngTexts } from "../../engine/image/png/read-png-texts.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import type { DrawingEvent } from "../../engine/drawing/drawing-events.ts";
import { shareOf, type ColourName } from "../fakes/colours.ts";

const samples = JSON.parse(readFileSync("assets/starter/prompts.json", "utf8")) as {
  prompt: string;
  present: Partial<Record<ColourName, number>>;
}[];

const drawing = new Drawing({
  device: "cpu",
  cacheFolder: mkdtempSync(join(tmpdir(), "darkroom-")),
});
afterAll(() => drawing.close());

type Picture = Extract<DrawingEvent, { kind: "image" }>;

async function drawAll(request: object): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for await (const event of drawing.generate(request))
    if (event.kind === "image") pictures.push(event);
  return pictures;
}

async function pixelsOf({ png }: Picture): Promise<Pixels> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  return pixels(info.width, info.height, new Uint8Array(data));
}

test.each(samples)("draws $prompt", async ({ prompt, present }) => {
  const [picture] = await drawAll({ prompt, seed: "1" });
  const drawn = await pixelsOf(picture!);
  const shares = Object.entries(present).map(([colour, least]) => ({
    colour,
    least,
    share: shareOf(drawn, colour as ColourName),
  }));
  expect(shares.filter(({ share, least }) => share < least)).toEqual([]);
  expect([drawn.width, drawn.height]).toEqual([128, 128]);
});

test("a seed gives one picture, and picture i of a run has seed + i", async () => {
  const [, second] = await drawAll({ prompt: "a red ball", seed: "41", count: 2, steps: 5 });
  const [alone] = await drawAll({ prompt: "a red ball", seed: "42", count: 1, steps: 5 });
  expect(await pixelsOf(alone!)).toEqual(await pixelsOf(second!));
  expect(second!.record.seed).toBe("42");
});

test("a picture contains its settings", async () => {
  const [{ png, record }] = (await drawAll({
    prompt: "ein grüner Fisch 🐟",
    negativePrompt: "red",
    steps: 3,
    seed: "5",
  })) as [Picture];
  expect(readGeneration(readPngTexts(png))).toEqual(record);
  expect(record).toMatchObject({
    prompt: "ein grüner Fisch 🐟",
    seed: "5",
    steps: 3,
    scheduler: "ddim",
    model: "starter",
  });
});

test("previews are there from the first step of the first picture, and resemble it", async () => {
  const cacheFolder = mkdtempSync(join(tmpdir(), "darkroom-"));
  const fresh = new Drawing({ device: "cpu", cacheFolder });
  onTestFinished(() => fresh.close());
  const previews: Pixels[] = [];
  let last: Picture | undefined;
  const request = { prompt: "a big pink heart on a gray background", seed: "1" };
  for await (const event of fresh.generate(request)) {
    if (event.kind === "image") last = event;
    const preview = event.kind === "progress" ? await event.preview() : undefined;
    if (preview !== undefined) previews.push(preview);
  }
  expect(previews.length).toBe(30);
  const small = await sharp(last!.png).resize(16, 16, { kernel: "cubic" }).raw().toBuffer();
  const difference =
    previews.at(-1)!.data.reduce((sum, value, i) => sum + Math.abs(value - small[i]!), 0) /
    small.length;
  expect(difference).toBeLessThan(20);
});
