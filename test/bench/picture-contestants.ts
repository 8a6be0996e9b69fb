import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SchedulerName } from "../../engine/contract/schedulers.ts";
import { Drawing, type DrawingOptions } from "../../engine/drawing/drawing.ts";
import { pixels, type Pixels } from "../../engine/image/pixels.ts";
import { SCHEDULERS } from "../../engine/schedulers/schedulers.ts";
import { pythonOf } from "../interop/virtual-environment.ts";
import { LinePeer } from "./line-peer.ts";

/** The request that every contestant draws: the starter's own size, guidance and seed. */
export interface Asked {
  readonly prompt: string;
  readonly scheduler: SchedulerName;
  readonly steps: number;
}
const [SIDE, GUIDANCE, SEED] = [128, 3, 1];

/** A contestant that draws with one model in one precision, which stays loaded. */
export interface Painter extends Disposable {
  draw(asked: Asked): Promise<Pixels>;
}

/** The studio's own engine on the CPU; `cacheFolder` is the system's by default. */
export function ourPainter(
  model: string,
  precision: "float32" | "int8",
  options: Pick<DrawingOptions, "cacheFolder" | "addsExactly"> = {},
): Painter {
  // One thread, as in the peer: the networks are small.
  const drawing = new Drawing({ device: "cpu", threads: 1, ...options });
  return {
    async draw(asked) {
      const size = { width: SIDE, height: SIDE, guidanceScale: GUIDANCE, seed: String(SEED) };
      const events = drawing.generate({ ...size, ...asked, precision }, { model });
      for await (const event of events) if (event.kind === "image") return event.pixels;
      throw new Error("there was no picture");
    },
    [Symbol.dispose]: () => drawing.close(),
  };
}

/** diffusers in bf16, networks and decoder; undefined if it is not installed. */
export async function bf16Painter(model: string): Promise<Painter | undefined> {
  const script = new URL("diffusers_pictures_peer.py", import.meta.url).pathname;
  const peer = await LinePeer.start(pythonOf("diffusers"), [script, model]);
  if (peer === undefined) return undefined;
  const out = join(tmpdir(), `darkroom-bf16-${process.pid}`);
  return {
    async draw({ prompt, scheduler, steps }) {
      const { scheduler: method, fixed } = SCHEDULERS[scheduler];
      const settings = { num_inference_steps: steps, guidance_scale: GUIDANCE, seed: SEED };
      const named = { scheduler: method.className, config: fixed };
      const size = { width: SIDE, height: SIDE };
      await peer.run(JSON.stringify({ prompt, ...settings, ...named, ...size, out }));
      return pixels(SIDE, SIDE, new Uint8Array(readFileSync(out)));
    },
    [Symbol.dispose]: () => {
      peer.close();
      rmSync(out, { force: true });
    },
  };
}
