/**
 * How far a picture in int8 is from the same one in float32, over the starter's own prompts and every
 * scheduler, and over a copy of the starter with outliers planted:
 * `node test/bench/distance.ts [--prompts N] [--steps N] [--schedulers NAME,NAME] [--only starter|outliers]`.
 * Nothing is timed, so the machine need not be quiet; only a whole run is written down.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { SCHEDULER_NAMES } from "../../engine/contract/schedulers.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { STARTER } from "../../engine/drawing/read-model.ts";
import type { Pixels } from "../../engine/image/pixels.ts";
import { psnr } from "../golden/reference.ts";
import { ssim } from "./likeness.ts";
import { median } from "./measure.ts";
import { starterWithOutliers } from "./planted-outliers.ts";
import { starterPrompts } from "./starter-prompts.ts";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "24" },
    steps: { type: "string", default: "30" },
    schedulers: { type: "string", default: SCHEDULER_NAMES.join(",") },
    only: { type: "string" },
  },
});
const prompts = starterPrompts(Number(values.prompts));
const steps = Number(values.steps);
const schedulers = values.schedulers.split(",");
const models = { starter: () => STARTER, outliers: starterWithOutliers };

/** Draws with one model in one precision, whose session it keeps. */
class Contestant implements Disposable {
  readonly #drawing = new Drawing({ device: "cpu" });
  readonly #model: string;
  readonly #precision: "float32" | "int8";

  constructor(model: string, precision: "float32" | "int8") {
    this.#model = model;
    this.#precision = precision;
  }

  async draw(prompt: string, scheduler: string): Promise<Pixels> {
    const recommended = { width: 128, height: 128, guidanceScale: 3 };
    const own = { prompt, scheduler, seed: "1", steps, precision: this.#precision };
    const events = this.#drawing.generate({ ...recommended, ...own }, { model: this.#model });
    for await (const event of events) if (event.kind === "image") return event.pixels;
    throw new Error("there was no picture");
  }

  [Symbol.dispose](): void {
    this.#drawing.close();
  }
}

interface Row {
  readonly model: string;
  readonly scheduler: string;
  /** Of two pictures, in dB. */
  readonly psnr: { readonly median: number; readonly worst: number };
  readonly ssim: { readonly median: number; readonly worst: number };
}

const middleAndWorst = (likenesses: readonly number[]): Row["psnr"] => ({
  median: median(likenesses),
  worst: Math.min(...likenesses),
});

async function* distancesOf(model: string, folder: string): AsyncGenerator<Row> {
  using exact = new Contestant(folder, "float32");
  using int8 = new Contestant(folder, "int8");
  for (const scheduler of schedulers) {
    const decibels: number[] = [];
    const similarities: number[] = [];
    for (const prompt of prompts) {
      const [one, other] = [
        await int8.draw(prompt, scheduler),
        await exact.draw(prompt, scheduler),
      ];
      decibels.push(psnr(one.data, other.data));
      similarities.push(ssim(one, other));
    }
    const [psnrs, ssims] = [middleAndWorst(decibels), middleAndWorst(similarities)];
    yield { model, scheduler, psnr: psnrs, ssim: ssims };
  }
}

const rows: Row[] = [];
console.log("| model | scheduler | PSNR median | worst | SSIM median | worst |");
console.log("|---|---|---|---|---|---|");
for (const [model, make] of Object.entries(models)) {
  if (values.only !== undefined && values.only !== model) continue;
  for await (const row of distancesOf(model, make())) {
    rows.push(row);
    const decibels = [row.psnr.median, row.psnr.worst].map((value) => value.toFixed(1));
    const similarities = [row.ssim.median, row.ssim.worst].map((value) => value.toFixed(4));
    console.log(`| ${[model, row.scheduler, ...decibels, ...similarities].join(" | ")} |`);
  }
}
const all = rows.map((row) => row.psnr);
const overall = {
  median: median(all.map((psnrs) => psnrs.median)),
  worst: Math.min(...all.map((psnrs) => psnrs.worst)),
};
console.log(
  `Medians' median ${overall.median.toFixed(1)} dB, worst ${overall.worst.toFixed(1)} dB`,
);
if (rows.length === Object.keys(models).length * SCHEDULER_NAMES.length) {
  const result = { steps, prompts: prompts.length, rows };
  const file = new URL("results/int8-distance.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
}
