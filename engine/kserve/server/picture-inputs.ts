import type { Datatype } from "../wire/datatypes.ts";

/** An input of a picture model as its metadata declares it. */
export interface PictureInput {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 if it can have one value, or one for each prompt or picture; an interval has two. */
  readonly shape: readonly number[];
  /** Another name it goes by. */
  readonly alias?: string;
}

/** Everything that can be set for a picture: as tensors, or as request parameters of the same names. */
export const PICTURE_INPUTS = {
  prompt: { name: "prompt", datatype: "BYTES", shape: [-1] },
  negativePrompt: { name: "negative_prompt", datatype: "BYTES", shape: [-1] },
  seed: { name: "seed", datatype: "INT64", shape: [-1] },
  steps: { name: "num_inference_steps", datatype: "INT32", shape: [1], alias: "steps" },
  guidanceScale: { name: "guidance_scale", datatype: "FP32", shape: [1] },
  height: { name: "height", datatype: "INT32", shape: [1] },
  width: { name: "width", datatype: "INT32", shape: [1] },
  scheduler: { name: "scheduler", datatype: "BYTES", shape: [1] },
  precision: { name: "precision", datatype: "BYTES", shape: [1] },
  preset: { name: "preset", datatype: "BYTES", shape: [1] },
  guidanceInterval: { name: "guidance_interval", datatype: "FP32", shape: [2] },
  cacheInterval: { name: "cache_interval", datatype: "INT32", shape: [1] },
  decoder: { name: "decoder", datatype: "BYTES", shape: [1] },
  count: { name: "num_images_per_prompt", datatype: "INT32", shape: [1], alias: "count" },
} as const satisfies Record<string, PictureInput>;

/** The output's name and metadata: one picture or more, of any size. */
export const PICTURE_OUTPUT = { name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] } as const;
