/**
 * Measures how far a faster picture is from the one that many steps converge to, over prompts of the starter:
 * `npm run bench -- presets [--prompts N]`. Nothing is timed: the cost is the number of evaluations of the UNet,
 * where those without guidance count as halves.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { GuidanceInterval } from "../../engine/contract/presets.ts";
import type { SchedulerName } from "../../engine/contract/schedulers.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { psnr } from "../golden/reference.ts";
import { median } from "./measure.ts";

interface Way {
  readonly scheduler: SchedulerName;
  readonly steps: number;
  readonly guidanceInterval?: GuidanceInterval;
}

const { values } = parseArgs({ options: { prompts: { type: "string", default: "12" } } });
const subjects = ["a red house", "two purple fish under water", "a green tree", "a yellow sun"];
const scenes = ["", " at night", " in the snow", " by the sea", " on a hill", " under a rainbow"];
const prompts = scenes.flatMap((scene) => subjects.map((subject) => subject + scene));
const asked = prompts.slice(0, Number(values.prompts));

const METHODS = ["ddim", "dpm++2m", "dpm++2m-karras", "unipc", "unipc-karras", "deis"] as const;
const INTERVALS: readonly GuidanceInterval[] = [
  [0, 0.9],
  [0, 0.8],
  [0, 0.7],
  [0, 0.6],
  [0, 0.5],
  [0.1, 0.8],
];
const ways: readonly Way[] = [
  { scheduler: "ddim", steps: 30 },
  ...[25, 20, 15, 12, 10, 8].flatMap((steps) =>
    METHODS.map((scheduler): Way => ({ scheduler, steps })),
  ),
  ...INTERVALS.map((guidanceInterval): Way => ({
    scheduler: "dpm++2m-karras",
    steps: 15,
    guidanceInterval,
  })),
  ...INTERVALS.map((guidanceInterval): Way => ({ scheduler: "ddim", steps: 30, guidanceInterval })),
];
const drawing = new Drawing({ device: "cpu" });

async function draw(way: Way, prompt: string): Promise<Uint8Array> {
  for await (const event of drawing.generate({ prompt, seed: "1", ...way })) {
    if (event.kind === "image") return event.pixels.data;
  }
  throw new Error("there was no picture");
}

const references = new Map<string, readonly [Uint8Array, Uint8Array]>();
for (const prompt of asked) {
  const exact = await draw({ scheduler: "ddim", steps: 30 }, prompt);
  references.set(prompt, [await draw({ scheduler: "dpm++2m", steps: 150 }, prompt), exact]);
}
const rows = [];
for (const way of ways) {
  const distances: [number[], number[]] = [[], []];
  for (const prompt of asked) {
    const picture = await draw(way, prompt);
    for (const [i, reference] of references.get(prompt)!.entries()) {
      distances[i]!.push(psnr(picture, reference));
    }
  }
  const [limit, exact] = distances;
  rows.push({ ...way, limit: median(limit), limitWorst: Math.min(...limit), exact: median(exact) });
  const { scheduler, steps, guidanceInterval } = way;
  const numbers = [median(limit), Math.min(...limit), median(exact), Math.min(...exact)];
  console.log(
    [scheduler, steps, guidanceInterval?.join("-") ?? "", ...numbers.map((n) => n.toFixed(1))].join(
      " | ",
    ),
  );
}
drawing.close();
const file = new URL("results/presets.json", import.meta.url);
writeFileSync(file, `${JSON.stringify({ prompts: asked.length, rows }, null, 2)}\n`);
