/**
 * How far a picture in int8 is from the same one in float32, over prompts of the starter and every
 * scheduler: `node test/bench/distance.ts [--prompts N] [--steps N]`. Nothing is timed, so the machine
 * need not be quiet.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { SCHEDULER_NAMES, type SchedulerName } from "../../engine/contract/schedulers.ts";
import { Drawing } from "../../engine/drawing/drawing.ts";
import { psnr } from "../golden/reference.ts";
import { median } from "./measure.ts";

const { values } = parseArgs({
  options: {
    prompts: { type: "string", default: "24" },
    steps: { type: "string", default: "20" },
  },
});
const subjects = ["a red house", "two purple fish under water", "a green tree", "a yellow sun"];
const scenes = ["", " at night", " in the snow", " by the sea", " on a hill", " under a rainbow"];
const prompts = subjects.flatMap((subject) => scenes.map((scene) => subject + scene));
const asked = prompts.slice(0, Number(values.prompts));
/** Each keeps its model's session: changing from one to the other would open it anew. */
const drawings = { exact: new Drawing({ device: "cpu" }), int8: new Drawing({ device: "cpu" }) };

async function draw(
  which: keyof typeof drawings,
  { prompt, scheduler }: { prompt: string; scheduler: SchedulerName },
): Promise<Uint8Array> {
  const precision = which === "int8" ? "int8" : "float32";
  const request = { prompt, scheduler, seed: "1", steps: Number(values.steps), precision };
  for await (const event of drawings[which].generate(request)) {
    if (event.kind === "image") return event.pixels.data;
  }
  throw new Error("there was no picture");
}

const rows = [];
for (const scheduler of SCHEDULER_NAMES) {
  const distances: number[] = [];
  for (const prompt of asked) {
    const what = { prompt, scheduler };
    distances.push(psnr(await draw("int8", what), await draw("exact", what)));
  }
  const row = { scheduler, median: median(distances), worst: Math.min(...distances) };
  rows.push(row);
  console.log(`| ${scheduler} | ${row.median.toFixed(1)} | ${row.worst.toFixed(1)} |`);
}
for (const drawing of Object.values(drawings)) drawing.close();
const result = { steps: Number(values.steps), prompts: asked.length, rows };
const file = new URL("results/int8-distance.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
