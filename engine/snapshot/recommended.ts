import { MAX_SIDE } from "../contract/request.ts";
import { ConfigReader } from "./config-reader.ts";
import type { JsonObject } from "./json.ts";

/** What the model's maker advises, recommended.json; the keys are diffusers' own argument names. */
export interface Recommended {
  readonly num_inference_steps: number;
  readonly guidance_scale: number;
  readonly width: number;
  readonly height: number;
}

/** All four keys must be there. */
export function readRecommended(json: JsonObject, file: string): Recommended {
  const read = new ConfigReader(json, file, "The recommendation");
  return {
    num_inference_steps: read.integer("num_inference_steps", undefined, { min: 1, max: 1_000 }),
    guidance_scale: read.number("guidance_scale", undefined, { min: 0, max: 100 }),
    width: pixels(read, "width"),
    height: pixels(read, "height"),
  };
}

function pixels(read: ConfigReader, key: string): number {
  const size = read.integer(key, undefined, { min: 8, max: MAX_SIDE });
  read.demand(size % 8 === 0, `${key} is ${size}, which is not a multiple of 8`);
  return size;
}
