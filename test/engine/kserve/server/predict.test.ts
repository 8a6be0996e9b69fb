import { describe, expect, test } from "vitest";
import { predictReply, readPredictRequest } from "../../../../engine/kserve/server/predict.ts";
import { jsonBody, jsonOf, nestedPixels, sentenceOf, somePixels, utf8 } from "../bodies.ts";

const read = (message: unknown) => readPredictRequest(jsonBody(message).bytes);
const CAT = { prompts: ["a cat"], negativePrompts: [""], seeds: [], count: 1 };

test.each([
  ["instances of prompts", { instances: ["a cat"] }],
  ["inputs", { inputs: ["a cat"] }],
  ["a bare prompt", { instances: "a cat" }],
  ["a bare object", { instances: { prompt: "a cat", unknown: "ignored" } }],
  ["null beside it", { instances: ["a cat"], inputs: null, parameters: null }],
])("reads %s", (_, message) => {
  expect(read(message)).toEqual({ pictures: [CAT], format: "png" });
});

test("each instance has its own settings, with v2's names", () => {
  const message = {
    instances: [
      "a cat",
      {
        prompt: "a dog",
        negative_prompt: "rain",
        num_inference_steps: 30,
        width: 512,
        height: 768,
        guidance_scale: 7.5,
        seed: 42,
        scheduler: "euler",
      },
    ],
    parameters: { format: "raw" },
  };
  expect(read(message)).toEqual({
    pictures: [
      CAT,
      {
        prompts: ["a dog"],
        negativePrompts: ["rain"],
        seeds: ["42"],
        steps: 30,
        width: 512,
        height: 768,
        guidanceScale: 7.5,
        scheduler: "euler",
        count: 1,
      },
    ],
    format: "raw",
  });
});

describe("refuses", () => {
  test.each<[string, unknown, string]>([
    ["a v2 request", { outputs: [] }, "instances cannot be absent: it must be an array."],
    ["no instances", { instances: [] }, "instances cannot be empty: a picture needs a prompt."],
    [
      "both lists",
      { instances: ["a"], inputs: ["b"] },
      "inputs cannot be there as well: a request has instances or inputs.",
    ],
    [
      "an instance of tensors",
      { instances: [[1, 2]] },
      "instance 0: it cannot be an array: it must be an object.",
    ],
    [
      "an instance without a prompt",
      { instances: ["a", { seed: 1 }] },
      "instance 1: prompt cannot be absent: a picture needs one.",
    ],
    [
      "a wrong setting",
      { instances: [{ prompt: "a", width: 7 }] },
      "instance 0: width cannot be 7: it must be at least 64.",
    ],
    [
      "101 pictures in all",
      { instances: [{ prompt: "a", count: 100 }, "b"] },
      "A request cannot be for 101 pictures: the limit is 100.",
    ],
    [
      "another format",
      { instances: ["a"], parameters: { format: "gif" } },
      'parameters.format cannot be "gif": it is one of raw, png, jpeg, webp.',
    ],
    [
      "no JSON",
      "instances=a",
      'The body cannot be read: at byte 0 it is not JSON but "instances=a".',
    ],
    [
      "more than JSON",
      '{"instances":["a"]}\0',
      "The body cannot be read: 1 bytes follow the JSON.",
    ],
  ])("%s", (_, message, sentence) => {
    expect(sentenceOf(() => read(message))).toBe(sentence);
  });
});

test("replies with files as base64, in the order of the pictures", () => {
  const file = (...names: string[]) => ({ width: 1, height: 1, pictures: names.map(utf8) });
  const message = predictReply([file("first", "second"), file("third")], "png");
  expect(jsonOf(message)).toEqual({ predictions: [btoa("first"), btoa("second"), btoa("third")] });
  expect(message.headers).toEqual({ "content-type": "application/json" });
});

test("replies with nested lists if raw pixels are requested, also of different sizes", () => {
  const [wide, high] = [somePixels(3, 1), somePixels(1, 2)];
  const drawn = [
    { width: 3, height: 1, pictures: [wide] },
    { width: 1, height: 2, pictures: [high] },
  ];
  expect(jsonOf(predictReply(drawn, "raw"))).toEqual({
    predictions: [nestedPixels(wide, 3), nestedPixels(high, 1)],
  });
});
