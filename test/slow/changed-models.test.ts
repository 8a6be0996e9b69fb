import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodePicture } from "../../engine/codecs/picture-codec.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import type { DrawingEvent } from "../../engine/drawing/drawing-events.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import {
  CHANGED_MODELS,
  requestFor,
  saveModel,
  type ChangedModel,
  type ChangedName,
} from "../golden/changed-models.ts";
import { psnr } from "../golden/reference.ts";

const cacheFolder = mkdtempSync(join(tmpdir(), "darkroom-"));
const drawing = new Drawing({ device: "cpu", cacheFolder });
afterAll(() => {
  drawing.close();
  rmSync(cacheFolder, { recursive: true });
});

const golden = (name: string): Uint8Array =>
  readFileSync(new URL(`../golden/models/${name}.png`, import.meta.url));

async function drawnBy(name: ChangedName): Promise<DrawingEvent & { kind: "image" }> {
  const changed: ChangedModel = CHANGED_MODELS[name];
  const model = temporaryFolder();
  saveModel(name, model);
  const startImage = changed.isFromPicture
    ? { name: "init.png", bytes: golden("init") }
    : undefined;
  for await (const event of drawing.generate(requestFor(changed), { model, startImage })) {
    if (event.kind === "image") return event;
  }
  throw new Error("there was no picture");
}

test.each(Object.keys(CHANGED_MODELS) as ChangedName[])(
  "%s gives the same picture as diffusers",
  async (name) => {
    const { pixels } = await drawnBy(name);
    const { picture = name }: ChangedModel = CHANGED_MODELS[name];
    const expected = await decodePicture(golden(picture), picture);
    expect(psnr(pixels.data, expected.data)).toBeGreaterThan(60);
  },
);
