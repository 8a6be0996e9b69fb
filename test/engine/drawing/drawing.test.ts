import {
  cpSync,
  mkdtempSync,
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
import { Drawing } from "../../../engine/drawing/drawing.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "darkroom-"));
const drawing = new Drawing({ device: "cpu", cacheFolder });
afterAll(() => {
  drawing.close();
  rmSync(cacheFolder, { recursive: true });
});

test("a model whose files were replaced is loaded anew, whatever their size and age", async () => {
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
