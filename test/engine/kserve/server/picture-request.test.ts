import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SCHEDULER_NAMES } from "../../../../engine/contract/schedulers.ts";
import {
  askForPictures,
  askForPrompts,
  encodeRequest,
} from "../../../../engine/kserve/client/request.ts";
import { readInferRequest } from "../../../../engine/kserve/server/infer-request.ts";
import {
  generationRequests,
  pictureRequest,
  type PictureRequest,
} from "../../../../engine/kserve/server/picture-request.ts";
import {
  arrived,
  binaryBody,
  element,
  jsonBody,
  refusalOf,
  NOTEBOOK_REQUEST,
  sentenceOf,
} from "../bodies.ts";

const asked = (message: object): PictureRequest =>
  pictureRequest(readInferRequest(jsonBody(message)));

const PROMPT = { name: "prompt", datatype: "BYTES", shape: [1], data: ["a cat"] };
const INT32 = (name: string, ...data: unknown[]) => ({
  name,
  datatype: "INT32",
  shape: [data.length],
  data,
});
const withInputs = (...inputs: object[]) => ({ inputs: [PROMPT, ...inputs] });

/** A request for one cat, with all settings left open. */
const CAT = { prompts: ["a cat"], negativePrompts: [""], seeds: [], count: 1 };

test("the notebook's request is a prompt and leaves everything else open", () => {
  expect(asked(NOTEBOOK_REQUEST)).toEqual({ ...CAT, prompts: ["Photo of a dog"] });
});

test("reads every input of the table", () => {
  const request = withInputs(
    { name: "negative_prompt", datatype: "BYTES", shape: [1], data: ["rain"] },
    { name: "seed", datatype: "INT64", shape: [1], data: [42] },
    INT32("num_inference_steps", 30),
    { name: "guidance_scale", datatype: "FP32", shape: [1], data: [7.1] },
    INT32("height", 512),
    INT32("width", 768),
    { name: "scheduler", datatype: "BYTES", shape: [1], data: ["euler"] },
    { name: "precision", datatype: "BYTES", shape: [1], data: ["int8"] },
    { name: "preset", datatype: "BYTES", shape: [1], data: ["fast"] },
    { name: "guidance_interval", datatype: "FP32", shape: [2], data: [0.1, 0.8] },
    INT32("cache_interval", 3),
    { name: "decoder", datatype: "BYTES", shape: [1], data: ["tiny"] },
    INT32("num_images_per_prompt", 2),
  );
  expect(asked(request)).toEqual({
    prompts: ["a cat"],
    negativePrompts: ["rain"],
    seeds: ["42"],
    steps: 30,
    guidanceScale: 7.1,
    precision: "int8",
    preset: "fast",
    guidanceInterval: [0.1, 0.8],
    cacheInterval: 3,
    decoder: "tiny",
    height: 512,
    width: 768,
    scheduler: "euler",
    count: 2,
  });
});

test("reads the same from parameters, and by the aliases", () => {
  const parameters = {
    negative_prompt: "rain",
    seed: "18446744073709551615",
    steps: 30,
    guidance_scale: 7,
    height: 512,
    width: 768,
    scheduler: "dpm++2m-karras",
    preset: "balanced",
    guidance_interval: "0.0 0.8",
    cache_interval: 1,
    decoder: "own",
    count: 2,
    colour: "unknown to us",
  };
  expect(asked({ ...withInputs(), parameters })).toEqual({
    prompts: ["a cat"],
    negativePrompts: ["rain"],
    seeds: ["18446744073709551615"],
    steps: 30,
    guidanceScale: 7,
    height: 512,
    width: 768,
    scheduler: "dpm++2m-karras",
    preset: "balanced",
    guidanceInterval: [0, 0.8],
    cacheInterval: 1,
    decoder: "own",
    count: 2,
  });
});

test.each([["0.8"], ["0.8 0.2"], ["0 0.5 1"], ["0 2"], ["first last"], [""]])(
  "an interval of %j is refused",
  (guidance_interval) => {
    expect(sentenceOf(() => asked({ ...withInputs(), parameters: { guidance_interval } }))).toBe(
      `guidance_interval cannot be "${guidance_interval}": it is two shares of the run, such as 0.0 0.8.`,
    );
  },
);

describe("if an input is given twice", () => {
  test("the tensor takes precedence over the parameter, also by the other name", () => {
    const parameters = { num_inference_steps: 10, prompt: "a dog" };
    expect(asked({ ...withInputs(INT32("steps", 20)), parameters })).toEqual({ ...CAT, steps: 20 });
  });

  test("the parameter's own name takes precedence over its alias", () => {
    const parameters = { num_inference_steps: 10, steps: 20 };
    expect(asked({ ...withInputs(), parameters })).toEqual({ ...CAT, steps: 10 });
  });

  test("tensors of both names are refused", () => {
    const request = withInputs(INT32("steps", 20), INT32("num_inference_steps", 20));
    expect(sentenceOf(() => asked(request))).toBe(
      "num_inference_steps cannot be given twice: steps is it too.",
    );
  });
});

describe("an input of another name", () => {
  const stray = (name: string) => ({ ...PROMPT, name });
  const known =
    "the inputs are prompt, negative_prompt, seed, num_inference_steps, guidance_scale, height, width, scheduler, precision, preset, guidance_interval, cache_interval, decoder, num_images_per_prompt";

  test.each(["input0", "text_input", "BYTES", "args_0"])("%s alone is the prompt", (name) => {
    expect(asked({ inputs: [stray(name)] })).toEqual(CAT);
  });

  test("is the prompt also with settings", () => {
    expect(asked({ inputs: [stray("input0"), INT32("width", 512)] })).toEqual({
      ...CAT,
      width: 512,
    });
  });

  test("is refused beside a prompt: it may be a misspelt setting", () => {
    expect(sentenceOf(() => asked(withInputs(INT32("widht", 512))))).toBe(
      `An input's name cannot be "widht": ${known}.`,
    );
  });

  test("is refused if there are two", () => {
    expect(sentenceOf(() => asked({ inputs: [stray("a"), stray("b")] }))).toBe(
      `An input's name cannot be "b": ${known}.`,
    );
  });

  test("may be missing if the prompt is a parameter", () => {
    expect(asked({ inputs: [], parameters: { prompt: "a cat" } })).toEqual(CAT);
    expect(asked({ parameters: { prompt: "a cat" }, inputs: [INT32("width", 512)] })).toEqual({
      ...CAT,
      width: 512,
    });
  });
});

describe("batches", () => {
  const prompts = {
    name: "prompt",
    datatype: "BYTES",
    shape: [2, 1],
    data: [["a cat"], ["a dog"]],
  };
  const batch = (...inputs: object[]) => asked({ inputs: [prompts, ...inputs] });
  const texts = (...data: string[]) => ({ name: "negative_prompt", datatype: "BYTES", data });
  const seeds = (...data: number[]) => ({ name: "seed", datatype: "INT64", data });

  test("several prompts are in one tensor; settings apply to all of them", () => {
    expect(batch(texts("rain"), INT32("width", 512))).toEqual({
      prompts: ["a cat", "a dog"],
      negativePrompts: ["rain", "rain"],
      seeds: [],
      width: 512,
      count: 1,
    });
  });

  test("each prompt may have its own negative prompt and seed", () => {
    expect(batch(texts("rain", "snow"), seeds(1, 9))).toMatchObject({
      negativePrompts: ["rain", "snow"],
      seeds: ["1", "9"],
    });
  });

  test.each<[string, object[], object[]]>([
    ["without a seed", [], [{ count: 2 }, { count: 2 }]],
    [
      "with one seed, which counts on",
      [seeds(7)],
      [
        { seed: "7", count: 2 },
        { seed: "9", count: 2 },
      ],
    ],
    [
      "with a seed each",
      [seeds(7, 3, 3, 1)],
      [{ seed: "7" }, { seed: "3" }, { seed: "3" }, { seed: "1" }],
    ],
  ])("become requests of the studio, %s", (_, inputs, expected) => {
    const prompts = expected.map((_, i) => (i < expected.length / 2 ? "a cat" : "a dog"));
    expect(generationRequests(batch(INT32("count", 2), ...inputs))).toEqual(
      expected.map((request, i) => ({
        prompt: prompts[i],
        negativePrompt: "",
        ...request,
      })),
    );
  });

  test("seeds start again after the last one of 64 bits", () => {
    const request = { ...CAT, prompts: ["a", "b"], seeds: [String(2n ** 64n - 1n)] };
    expect(generationRequests(request).map(({ seed }) => seed)).toEqual([
      String(2n ** 64n - 1n),
      "0",
    ]);
  });

  test("seeds may be listed in one string, as the reply lists them", () => {
    expect(asked({ inputs: [prompts], parameters: { seed: "5, 6" } }).seeds).toEqual(["5", "6"]);
  });

  test.each<[string, () => unknown, string]>([
    [
      "three seeds for two pictures",
      () => batch(seeds(1, 2, 3)),
      "seed cannot be 3 values: there are 2 pictures: give 1 or 2.",
    ],
    [
      "three negative prompts for two",
      () => batch(texts("a", "b", "c")),
      "negative_prompt cannot be 3 values: there are 2 prompts: give 1 or 2.",
    ],
    [
      "two widths",
      () => batch(INT32("width", 512, 512)),
      "width cannot be 2 values: it is one for all pictures.",
    ],
    [
      "no width in its tensor",
      () => batch(INT32("width")),
      "width cannot be 0 values: it is one for all pictures.",
    ],
    [
      "102 pictures",
      () => batch(INT32("count", 51)),
      "A request cannot be for 102 pictures: the limit is 100.",
    ],
    [
      "more pixels than memory is kept for",
      () => asked(withInputs(INT32("count", 17), INT32("width", 2048), INT32("height", 2048))),
      "A request cannot be for 71303168 pixels: the limit is 67108864.",
    ],
    [
      "101 prompts",
      () => asked({ inputs: [{ ...PROMPT, shape: [101], data: Array(101).fill("x") }] }),
      "prompt cannot be 101 values: the limit is 100.",
    ],
  ])("%s are refused", (_, action, sentence) => {
    expect(sentenceOf(action)).toBe(sentence);
  });
});

describe("a wrong use is refused with its reason:", () => {
  const parameters = (values: object) => () => asked({ ...withInputs(), parameters: values });
  const inputs =
    (...values: object[]) =>
    () =>
      asked(withInputs(...values));

  test.each<[string, () => unknown, string]>([
    ["no prompt", () => asked({ inputs: [] }), "prompt cannot be absent: a picture needs one."],
    ["no inputs", () => asked({}), "prompt cannot be absent: a picture needs one."],
    [
      "an empty prompt tensor",
      () => asked({ inputs: [{ ...PROMPT, shape: [0], data: [] }] }),
      "prompt cannot be absent: a picture needs one.",
    ],
    [
      "a prompt of numbers",
      () => asked({ inputs: [INT32("input0", 7)] }),
      "prompt cannot be 7: it must be text.",
    ],
    [
      "a prompt beyond 10,000 characters",
      () => asked({ inputs: [{ ...PROMPT, data: ["x".repeat(10_001)] }] }),
      `prompt cannot be "${"x".repeat(60)}…": it must have at most 10,000 characters.`,
    ],
    [
      "a prompt with a NUL",
      () => asked({ inputs: [{ ...PROMPT, data: ["a\0cat"] }] }),
      'prompt cannot be "a\\u0000cat": it holds a NUL.',
    ],
    [
      "steps of none",
      inputs(INT32("steps", 0)),
      "num_inference_steps cannot be 0: it must be at least 1.",
    ],
    [
      "half a step",
      inputs({ name: "steps", datatype: "FP32", data: [0.5] }),
      "num_inference_steps cannot be 0.5: it must be a whole number.",
    ],
    [
      "steps in words",
      parameters({ steps: "thirty" }),
      'num_inference_steps cannot be "thirty": it must be a number.',
    ],
    [
      "true steps",
      inputs({ name: "steps", datatype: "BOOL", data: [true] }),
      "num_inference_steps cannot be true: it must be a number.",
    ],
    [
      "a guidance below 0",
      parameters({ guidance_scale: -1 }),
      "guidance_scale cannot be -1: it must be at least 0.",
    ],
    [
      "a width that latents do not divide",
      inputs(INT32("width", 500)),
      "width cannot be 500: it must be a multiple of 8.",
    ],
    [
      "a height beyond all",
      inputs(INT32("height", 4096)),
      "height cannot be 4096: it must be at most 2048.",
    ],
    [
      "a height of 64 bits",
      inputs({ name: "height", datatype: "INT64", data: [2 ** 53] }),
      "height cannot be 9007199254740992: it is too large.",
    ],
    [
      "a scheduler nobody knows",
      parameters({ scheduler: "dpm++3m" }),
      `scheduler cannot be "dpm++3m": it must be ${SCHEDULER_NAMES.slice(0, -1).join(", ")} or ${SCHEDULER_NAMES.at(-1)}.`,
    ],
    ["a negative seed", parameters({ seed: -1 }), 'seed cannot be "-1": a seed is a whole number.'],
    [
      "a seed of 65 bits",
      parameters({ seed: "18446744073709551616" }),
      'seed cannot be "18446744073709551616": a seed has at most 64 bits.',
    ],
    ["half a seed", parameters({ seed: 0.5 }), 'seed cannot be "0.5": a seed is a whole number.'],
    [
      "no pictures",
      parameters({ count: 0 }),
      "num_images_per_prompt cannot be 0: it must be at least 1.",
    ],
  ])("%s", (_, action, sentence) => {
    expect(sentenceOf(action)).toBe(sentence);
  });

  test("a prompt that is not UTF-8", () => {
    const bytes = element(Uint8Array.of(0x61, 0xff));
    const message = {
      inputs: [{ ...PROMPT, data: undefined, parameters: { binary_data_size: 6 } }],
    };
    expect(sentenceOf(() => pictureRequest(readInferRequest(binaryBody(message, bytes))))).toBe(
      "prompt cannot be these 2 bytes: they are not UTF-8 text.",
    );
  });
});

const text = fc
  .string({ unit: "grapheme", maxLength: 20 })
  .map((text) => text.replaceAll("\0", ""));
const side = fc.integer({ min: 8, max: 256 }).map((eighths) => eighths * 8);
const pictures = fc.integer({ min: 1, max: 3 }).chain((prompts) =>
  fc.integer({ min: 1, max: 3 }).chain((count) => {
    const seed = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    const several = (length: number) => fc.array(seed, { minLength: length, maxLength: length });
    const optional = fc.record(
      {
        steps: fc.integer({ min: 1, max: 1000 }),
        guidanceScale: fc.integer({ min: 0, max: 1000 }).map((tenths) => tenths / 10),
        width: side,
        height: side,
        scheduler: fc.constantFrom(...SCHEDULER_NAMES),
      },
      { requiredKeys: [] },
    );
    return fc.record({
      prompts: fc.array(text, { minLength: prompts, maxLength: prompts }),
      negativePrompts: fc.array(text, { minLength: prompts, maxLength: prompts }),
      seeds: fc.oneof(fc.constant([]), several(1), several(prompts * count)),
      count: fc.constant(count),
      optional,
    });
  }),
);

test("the server understands what the client requests, as JSON and binary", () => {
  fc.assert(
    fc.property(pictures, fc.boolean(), ({ optional, ...rest }, isBinary) => {
      const request: PictureRequest = { ...rest, ...optional };
      const message = encodeRequest(askForPictures("7", request), isBinary);
      expect(pictureRequest(readInferRequest(arrived(message)))).toEqual(request);
    }),
    { numRuns: 200 },
  );
});

test("a request for prompts only equals the notebook's, with the true shape", () => {
  const message = encodeRequest(askForPrompts("42", ["Photo of a dog"]), false);
  expect(JSON.parse(Buffer.from(arrived(message).bytes).toString())).toEqual({
    ...NOTEBOOK_REQUEST,
    inputs: [{ ...NOTEBOOK_REQUEST.inputs[0], shape: [1] }],
  });
  expect(message.headers).toEqual({ "content-type": "application/json" });
});

const SOUND = "REQUEST_INVALID: a sound request cannot be refused: it is not.";

test("whatever a valid message contains, it is a request or a refusal by name", () => {
  const value = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(null));
  const name = fc.constantFrom(
    "prompt",
    "negative_prompt",
    "seed",
    "steps",
    "num_inference_steps",
    "width",
    "scheduler",
    "count",
    "x",
    "y",
  );
  const datatype = fc.constantFrom("BYTES", "INT32", "INT64", "FP32", "BOOL", "UINT8");
  const input = fc.record({ name, datatype, data: fc.array(value, { maxLength: 3 }) });
  const message = fc.record({
    inputs: fc.array(input, { maxLength: 4 }),
    parameters: fc.dictionary(name, value),
  });
  fc.assert(
    fc.property(message, (message) => {
      const refusal = refusalOf(() => generationRequests(asked(message))) ?? SOUND;
      expect(refusal).toMatch(/^REQUEST_INVALID: .+ cannot be .+: .+\./s);
    }),
    { numRuns: 2000 },
  );
});
