import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test } from "vitest";
import type { Stage } from "../../../engine/contract/progress.ts";
import { Drawing } from "../../../engine/drawing/drawing.ts";
import type { Pixels } from "../../../engine/image/pixels.ts";
import { psnr } from "../../golden/reference.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "darkroom-"));
const drawing = new Drawing({ device: "cpu", cacheFolder });
afterAll(() => {
  drawing.close();
  rmSync(cacheFolder, { recursive: true });
});

test("a model whose files were replaced is loaded again, whatever their size and age", async () => {
  const model = join(temporaryFolder(), "model");
  cpSync("test/golden/tiny-sd2-v/snapshot", model, { recursive: true });
  const draw = async (by: Drawing, folder = model) => {
    for await (const event of by.generate(
      { prompt: "fish", seed: "1", steps: 2 },
      { model: folder },
    ))
      if (event.kind === "image") return event;
    throw new Error("there was no picture");
  };
  const before = await draw(drawing);
  expect((await draw(drawing)).seconds.load).toBe(0);

  const file = join(model, "unet/diffusion_pytorch_model.fp16.safetensors");
  const { atime, mtime } = statSync(file);
  const bytes = readFileSync(file);
  // The last weights of the UNet: other numbers, all of them finite.
  bytes.copyWithin(bytes.length - 2000, bytes.length - 4000, bytes.length - 2000);
  writeFileSync(`${file}.new`, bytes);
  utimesSync(`${file}.new`, atime, mtime);
  renameSync(`${file}.new`, file);
  const after = await draw(drawing);

  const fresh = new Drawing({ device: "cpu", cacheFolder });
  onTestFinished(() => fresh.close());
  expect(after.record.modelFingerprint).not.toBe(before.record.modelFingerprint);
  expect(after.pixels.data).toEqual((await draw(fresh)).pixels.data);
  expect(after.pixels.data).not.toEqual(before.pixels.data);
});

test("int8 draws nearly the same picture, and its record says so", async () => {
  const draw = async (precision?: string) => {
    const asked = { prompt: "two purple fish under water", seed: "3", steps: 10, precision };
    for await (const event of drawing.generate(asked)) if (event.kind === "image") return event;
    throw new Error("there was no picture");
  };
  const exact = await draw();
  const quick = await draw("int8");
  const again = await draw("float32");
  const used = [exact, quick, again].map(({ record }) => record.precision);
  expect(used).toEqual(["float32", "int8", "float32"]);
  expect(exact.record.weightBits).toBeUndefined();
  // As this processor adds products of bytes.
  expect(quick.record.weightBits).toBeOneOf([7, 8]);
  expect(again.pixels.data).toEqual(exact.pixels.data);
  expect(quick.pixels.data).not.toEqual(exact.pixels.data);
  // For comparison, bf16 in diffusers differs by 48 dB.
  expect(psnr(quick.pixels.data, exact.pixels.data)).toBeGreaterThan(40);
});

test("if products of bytes saturate, convolutions have 7 bits, and linear layers are in float32", async () => {
  const caches = temporaryFolder();
  const addsExactly = async () => false;
  const narrow = new Drawing({ device: "cpu", cacheFolder: caches, addsExactly });
  onTestFinished(() => narrow.close());
  const draw = async (by: Drawing, precision: string) => {
    const asked = { prompt: "two purple fish under water", seed: "3", steps: 5, precision };
    for await (const event of by.generate(asked)) if (event.kind === "image") return event;
    throw new Error("there was no picture");
  };
  const exact = await draw(drawing, "float32");
  const { record, pixels } = await draw(narrow, "int8");
  expect(record).toMatchObject({ precision: "int8", weightBits: 7 });
  expect(readdirSync(join(caches, "weights")).join()).toMatch(/\.int7-/);
  // With linear layers of 7 bits as well, it is 49.7 dB.
  expect(psnr(pixels.data, exact.pixels.data)).toBeGreaterThan(52);
});

test("previews start with noise and show the picture from the first step on", async () => {
  const previews: Pixels[] = [];
  const asked = { prompt: "a red fish in a blue sea", seed: "3", steps: 10 };
  for await (const event of drawing.generate(asked)) {
    if (event.kind !== "denoising" && event.kind !== "progress") continue;
    const preview = await event.preview();
    if (preview !== undefined) previews.push(preview);
  }
  const last = previews.at(-1)!;
  const [noise, first] = previews.map(({ data }) => psnr(data, last.data));
  expect(previews).toHaveLength(1 + asked.steps);
  expect(first).toBeGreaterThan(noise! + 6);
});

test("the drawing process can be started before the model is known, and draws then", async () => {
  const early = new Drawing({ device: "cpu", cacheFolder });
  onTestFinished(() => early.close());
  early.start();
  const pid = early.inferencePid;
  expect(pid).toBeGreaterThan(0);
  const model = "test/golden/tiny-sd2-v/snapshot";
  const kinds: string[] = [];
  for await (const { kind } of early.generate({ prompt: "fish", steps: 1 }, { model })) {
    kinds.push(kind);
  }
  expect(kinds.at(-1)).toBe("image");
  expect(early.inferencePid).toBe(pid);
});

test("tells what is done now, and nothing of a prompt that it knows", async () => {
  const fresh = new Drawing({ device: "cpu", cacheFolder });
  onTestFinished(() => fresh.close());
  const draw = async (name?: string) => {
    const told: string[] = [];
    const onStage = (stage: Stage) => {
      if (told.at(-1) !== stage) told.push(stage);
    };
    const model = "test/golden/tiny-sd2-v/snapshot";
    const startImage = name && { name, bytes: readFileSync(name) };
    const asked = { prompt: "fish", seed: "1", steps: 2, width: 64, height: 64 };
    const inputs = { model, onStage, ...(startImage && { startImage }) };
    for await (const event of fresh.generate(asked, inputs)) void event;
    return told;
  };
  expect([await draw(), await draw(), await draw("assets/icons/icon.png")]).toEqual([
    ["loading", "text", "loading", "denoising"],
    ["denoising"],
    ["image", "denoising"],
  ]);
});
