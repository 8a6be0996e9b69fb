/**
 * What a reply of one 768x768 picture costs to write and to read as JSON: `node test/bench/nested-json.ts`.
 * Contestants take turns, so that ratios hold on a machine that drifts.
 */
import { nestedJson, DECIMALS } from "../../engine/kserve/server/nested-json.ts";
import { readPictures } from "../../engine/kserve/client/read-pictures.ts";
import { seedReply } from "../../engine/kserve/server/picture-reply.ts";
import { interleaved, median } from "./measure.ts";
import { whiteNoise } from "./random-snapshot.ts";

const SIDE = 768;
const ROUNDS = 15;

/** Noise around a ramp, so that numbers are of one to three digits as in photographs. */
function picture(): Uint8Array {
  const noise = whiteNoise(7);
  return Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => {
    const ramp = ((i / 3) % SIDE) / 3;
    return Math.min(255, Math.max(0, ramp + 12 * noise()));
  });
}

function toArrays(pixels: Uint8Array): number[][][] {
  return Array.from({ length: SIDE }, (_, y) =>
    Array.from({ length: SIDE }, (_, x) => {
      const at = (y * SIDE + x) * 3;
      return [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
    }),
  );
}

const pixels = picture();
const arrays = toArrays(pixels);
const drawn = { width: SIDE, height: SIDE, pictures: [pixels] };
const body = new Uint8Array(Buffer.concat([...seedReply(drawn).chunks]));
const reply = { status: 200, headers: { "content-type": "application/json" }, body };

const seconds = await interleaved(
  {
    "write: table": async () => [...nestedJson(pixels, [SIDE, SIDE, 3], DECIMALS).chunks],
    "write: JSON.stringify of arrays": async () => Buffer.from(JSON.stringify(arrays)),
    "write: arrays made, then JSON.stringify": async () =>
      Buffer.from(JSON.stringify(toArrays(pixels))),
    "read: pictures of a reply": async () => readPictures(reply, {}),
    "read: JSON.parse and flat": async () => {
      const { outputs } = JSON.parse(new TextDecoder().decode(body));
      return Uint8Array.from(outputs[0].data.flat(2));
    },
  },
  ROUNDS,
);
console.log(`${(body.length / 1e6).toFixed(2)} MB, ${ROUNDS} rounds, median and least:`);
for (const [who, runs] of Object.entries(seconds)) {
  const [middle, least] = [median(runs), Math.min(...runs)].map((run) => (run * 1000).toFixed(1));
  console.log(`${who}: ${middle} ms, ${least} ms`);
}
