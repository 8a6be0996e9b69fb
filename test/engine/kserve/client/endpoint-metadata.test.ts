import { describe, expect, test } from "vitest";
import {
  readDeclaredTensors,
  readModelList,
  readRepositoryIndex,
} from "../../../../engine/kserve/client/endpoint-metadata.ts";
import { modelList, modelMetadata } from "../../../../engine/kserve/server/server-messages.ts";
import { refusalOf, replyOf } from "../bodies.ts";

describe("the list of models", () => {
  test.each<[string, unknown, string[]]>([
    ["KServe's", { models: ["stable-diffusion"] }, ["stable-diffusion"]],
    ["ours", modelList(["starter", "stable-diffusion"]), ["starter", "stable-diffusion"]],
    ["one of objects", { models: [{ name: "a", state: "READY" }] }, ["a"]],
    ["an empty one", { models: [] }, []],
  ])("%s", (_, body, names) => {
    expect(readModelList(replyOf(body))).toEqual(names);
  });

  test.each<[string, unknown, number, RegExp]>([
    ["is not there", { detail: "Not Found" }, 404, /^ENDPOINT_NOT_SERVED: .*404\): Not Found\./],
    ["is another thing", { name: "triton" }, 200, /^ENDPOINT_REPLY_INVALID: .* models is absent/],
    ["is a page", "<html></html>", 200, /^ENDPOINT_REPLY_INVALID: .* it is a web page/],
    [
      "is endless",
      { models: Array(1001).fill("a") },
      200,
      /^ENDPOINT_REPLY_INVALID: .* models is of 1001 entries/,
    ],
    ["names nothing", { models: [""] }, 200, /^ENDPOINT_REPLY_INVALID: .* models\[0\] is empty/],
    ["is for others", "", 401, /^ENDPOINT_TOKEN_REFUSED: /],
  ])("%s", (_, body, status, refusal) => {
    expect(refusalOf(() => readModelList(replyOf(body, { status })))).toMatch(refusal);
  });
});

test("the tensors that a model declares: all of ours, none of the notebook's service", () => {
  expect(readDeclaredTensors(replyOf(modelMetadata({ name: "starter" })))).toMatchObject({
    inputs: expect.arrayContaining(["prompt", "seed", "num_images_per_prompt"]),
    outputs: ["image"],
  });
  const seed = { name: "stable-diffusion", platform: "", inputs: [], outputs: [] };
  expect(readDeclaredTensors(replyOf(seed))).toEqual({ inputs: [], outputs: [] });
  expect(readDeclaredTensors(replyOf({ name: "x", inputs: null }))).toEqual({
    inputs: [],
    outputs: [],
  });
});

test("an input's dimensions are counted where any has more than one", () => {
  const shapes = { prompt: [-1, 1], seed: [1], nothing: undefined, tall: Array(9).fill(1) };
  const inputs = Object.entries(shapes).map(([name, shape]) => ({ name, shape }));
  expect(readDeclaredTensors(replyOf({ name: "sd", inputs }))).toMatchObject({
    inputs: ["prompt", "seed", "nothing", "tall"],
    ranks: [2, 1, 1, 1],
  });
  const flat = { name: "sd", inputs: inputs.slice(1) };
  expect(readDeclaredTensors(replyOf(flat))).not.toHaveProperty("ranks");
});

test("Triton's index of models: each name once, whatever its versions", () => {
  const index = ["1", "2"].map((version) => ({ name: "sd", version, state: "READY" }));
  expect(readRepositoryIndex(replyOf([...index, { name: "vae" }]))).toEqual(["sd", "vae"]);
  const refused = refusalOf(() => readRepositoryIndex(replyOf({ models: [] })));
  expect(refused).toMatch(/^ENDPOINT_REPLY_INVALID: /);
});
