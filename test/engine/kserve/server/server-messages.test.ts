import { expect, test } from "vitest";
import { StudioError } from "../../../../engine/contract/errors.ts";
import {
  errorReply,
  LIVE,
  modelList,
  modelMetadata,
  modelReady,
  serverMetadata,
  serverReady,
} from "../../../../engine/kserve/server/server-messages.ts";

test("metadata declares every input with datatype and shape, and the output", () => {
  expect(
    modelMetadata({ name: "stable-diffusion", versions: ["1.0"], properties: { device: "cpu" } }),
  ).toEqual({
    name: "stable-diffusion",
    versions: ["1.0"],
    platform: "darkroom_diffusers",
    inputs: [
      { name: "prompt", datatype: "BYTES", shape: [-1] },
      { name: "negative_prompt", datatype: "BYTES", shape: [-1] },
      { name: "seed", datatype: "INT64", shape: [-1] },
      { name: "num_inference_steps", datatype: "INT32", shape: [1] },
      { name: "guidance_scale", datatype: "FP32", shape: [1] },
      { name: "height", datatype: "INT32", shape: [1] },
      { name: "width", datatype: "INT32", shape: [1] },
      { name: "scheduler", datatype: "BYTES", shape: [1] },
      { name: "precision", datatype: "BYTES", shape: [1] },
      { name: "preset", datatype: "BYTES", shape: [1] },
      { name: "guidance_interval", datatype: "FP32", shape: [2] },
      { name: "cache_interval", datatype: "INT32", shape: [1] },
      { name: "decoder", datatype: "BYTES", shape: [1] },
      { name: "num_images_per_prompt", datatype: "INT32", shape: [1] },
    ],
    outputs: [{ name: "image", datatype: "UINT8", shape: [-1, -1, -1, 3] }],
    properties: { device: "cpu" },
  });
});

test("the server, its health and its lists have the protocol's shapes", () => {
  expect([
    serverMetadata("darkroom", "0.1.0"),
    LIVE,
    serverReady(false),
    modelReady("starter", true),
    modelList(["starter", "stable-diffusion"]),
  ]).toEqual([
    {
      name: "darkroom",
      version: "0.1.0",
      extensions: ["binary_tensor_data", "model_repository", "generate", "statistics"],
    },
    { live: true },
    { ready: false },
    { name: "starter", ready: true },
    { models: ["starter", "stable-diffusion"] },
  ]);
});

test("an error is its status and one sentence; an unexpected error reveals nothing", () => {
  expect(errorReply(new StudioError("NOT_FOUND", { what: "model", id: "kt2" }))).toEqual({
    status: 404,
    body: {
      error: "There is no model called kt2. It may have been removed; look at the list again.",
    },
  });
  expect(errorReply(new TypeError("/home/someone/secret.ts:3"))).toEqual({
    status: 500,
    body: { error: "An internal error occurred: TypeError. Report it; the log has the details." },
  });
});
