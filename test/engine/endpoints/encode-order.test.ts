import { expect, test } from "vitest";
import type { Order } from "../../../engine/contract/order.ts";
import { encodeBinaryOrder, encodeOrder } from "../../../engine/endpoints/encode-order.ts";
import { hasSettings, sentOrder, type Receiver } from "../../../engine/endpoints/sent-order.ts";
import { readInferRequest } from "../../../engine/kserve/server/infer-request.ts";
import { pictureRequest } from "../../../engine/kserve/server/picture-request.ts";

const ORDER = {
  model: "stable-diffusion",
  prompt: "two purple fish",
  negativePrompt: "blurry",
  steps: 20,
  guidanceScale: 7.5,
  seed: "18446744073709551615",
  scheduler: "ddim",
  width: 512,
  height: 768,
} as const;

function receiver(profile: Receiver["profile"], inputs: string[] = []): Receiver {
  return { profile, check: { at: "", state: "ready", ms: 1, models: [], inputs } };
}

function bodyOf(order: Parameters<typeof encodeOrder>[1], to: Receiver): unknown {
  const { chunks } = encodeOrder("id-1", order, to);
  return JSON.parse(Buffer.concat([...chunks]).toString());
}

test("a prompt is sent as the KServe example's notebook sends it, with its true shape", () => {
  const to = receiver("prompt");
  const sent = sentOrder(ORDER, to);
  expect(sent).toEqual({
    model: "stable-diffusion",
    prompt: "two purple fish",
    negativePrompt: "",
    width: 512,
    height: 768,
    isSizeOpen: true,
  });
  expect(bodyOf(sent, to)).toEqual({
    id: "id-1",
    inputs: [{ name: "input0", shape: [1], datatype: "BYTES", data: ["two purple fish"] }],
  });
});

test.each([
  [["prompt"], "prompt"],
  [["PROMPT_TEXT"], "PROMPT_TEXT"],
  [["a", "b"], "input0"],
  [["seed", "prompt"], "prompt"],
])("with the inputs %j the prompt is %s", (inputs, name) => {
  const to = receiver("prompt", inputs);
  expect(bodyOf(sentOrder(ORDER, to), to)).toMatchObject({ inputs: [{ name }] });
});

test("inputs have as many dimensions as they are declared with", () => {
  const inputs = ["prompt", "num_inference_steps", "guidance_interval"];
  const { check } = receiver("full", inputs);
  const to: Receiver = { profile: "full", check: check && { ...check, ranks: [2, 1, 2] } };
  expect(bodyOf(sentOrder({ ...ORDER, guidanceInterval: [0, 1] }, to), to)).toMatchObject({
    inputs: [
      { name: "prompt", shape: [1, 1], data: [["two purple fish"]] },
      { name: "num_inference_steps", shape: [1], data: [20] },
      { name: "guidance_interval", shape: [1, 2], data: [[0, 1]] },
    ],
  });
});

test("a picture is requested as PNG from our own server, as a binary tensor from others", () => {
  const asked = (inputs: string[]): unknown => {
    const { chunks } = encodeBinaryOrder("id-1", ORDER, receiver("prompt", inputs));
    return JSON.parse(Buffer.concat([...chunks]).toString());
  };
  const png = { name: "image", parameters: { format: "png", binary_data: true } };
  expect(asked(["prompt", "cache_interval"])).toMatchObject({ outputs: [png] });
  const other = asked(["prompt"]);
  expect(other).toMatchObject({ parameters: { binary_data_output: true } });
  expect(other).not.toHaveProperty("outputs");
});

test("an endpoint that accepts everything is sent everything, as our own server reads it", () => {
  const to = receiver("full");
  const sent = sentOrder(ORDER, to);
  expect(sent).toEqual(ORDER);
  const { headers, chunks } = encodeOrder("id-1", sent, to);
  const body = Buffer.concat([...chunks]);
  const request = readInferRequest({ bytes: body, headerLength: undefined });
  expect(headers).toEqual({ "content-type": "application/json" });
  const { negativePrompt, prompt, seed, model: _, ...rest } = ORDER;
  expect(pictureRequest(request)).toEqual({
    prompts: [prompt],
    negativePrompts: [negativePrompt],
    seeds: [seed],
    ...rest,
    count: 1,
  });
});

const FASTER: Pick<
  Order,
  "precision" | "preset" | "guidanceInterval" | "cacheInterval" | "decoder"
> = {
  precision: "int8",
  preset: "fast",
  guidanceInterval: [0.1, 0.8],
  cacheInterval: 3,
  decoder: "tiny",
};

test("preset, precision and intervals are sent only if they are declared", () => {
  const own = ["precision", "preset", "guidance_interval", "cache_interval", "decoder"];
  const to = receiver("full", ["prompt", "negative_prompt", ...own]);
  const sent = sentOrder({ ...ORDER, ...FASTER }, to);
  expect(sent).toMatchObject(FASTER);
  expect(bodyOf(sent, to)).toMatchObject({
    inputs: [
      { name: "prompt" },
      { name: "negative_prompt" },
      { name: "precision", shape: [1], datatype: "BYTES", data: ["int8"] },
      { name: "preset", shape: [1], datatype: "BYTES", data: ["fast"] },
      {
        name: "guidance_interval",
        shape: [2],
        datatype: "FP32",
        data: [0.1, 0.8].map(Math.fround),
      },
      { name: "cache_interval", shape: [1], datatype: "INT32", data: [3] },
      { name: "decoder", shape: [1], datatype: "BYTES", data: ["tiny"] },
    ],
  });
  const { chunks } = encodeOrder("id-1", sent, to);
  const body = Buffer.concat([...chunks]);
  const request = readInferRequest({ bytes: body, headerLength: undefined });
  expect(pictureRequest(request)).toMatchObject(FASTER);
  // A server that declares nothing is sent what image servers commonly accept.
  expect(sentOrder({ ...ORDER, ...FASTER }, receiver("full"))).toEqual(ORDER);
  expect(sentOrder({ ...ORDER, ...FASTER }, receiver("prompt", own))).not.toHaveProperty("preset");
});

test("what its metadata does not declare is not sent, and other names are used", () => {
  const to = receiver("full", ["TEXT", "steps", "seed", "height"]);
  const sent = sentOrder(ORDER, to);
  const { prompt, steps, seed, width, height, model } = ORDER;
  expect(sent).toEqual({
    model,
    prompt,
    negativePrompt: "",
    steps,
    seed,
    width,
    height,
    isSizeOpen: true,
  });
  expect(bodyOf({ ...sent, seed: "5" }, to)).toEqual({
    id: "id-1",
    inputs: [
      { name: "input0", shape: [1], datatype: "BYTES", data: [prompt] },
      { name: "seed", shape: [1], datatype: "INT64", data: [5] },
      { name: "steps", shape: [1], datatype: "INT32", data: [20] },
    ],
  });
});

test("open settings are left to the endpoint", () => {
  const to = receiver("full");
  const { steps: _s, guidanceScale: _g, scheduler: _c, ...rest } = ORDER;
  const open = { ...rest, negativePrompt: "", seed: "5", isSizeOpen: true as const };
  expect(sentOrder(open, to)).toEqual(open);
  expect(bodyOf(open, to)).toEqual({
    id: "id-1",
    inputs: [
      { name: "prompt", shape: [1], datatype: "BYTES", data: ["two purple fish"] },
      { name: "seed", shape: [1], datatype: "INT64", data: [5] },
    ],
  });
});

test.each([
  [["prompt", "num_inference_steps"], true],
  [["prompt", "steps"], true],
  [["prompt", "seed"], false],
  [[], false],
])("inputs %j have settings: %s", (inputs, has) => expect(hasSettings(inputs)).toBe(has));
