import * as fc from "fast-check";
import { expect, test } from "vitest";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import {
  type ForeignRecord,
  type GenerationRecord,
  recordSchema,
} from "../../../engine/contract/image-record.ts";
import { formatParameters, parseParameters } from "../../../engine/image/parameters-text.ts";

const record: GenerationRecord = {
  prompt: "two purple fish under water",
  negativePrompt: "text, watermark",
  steps: 30,
  guidanceScale: 7.5,
  seed: "18446744073709551615",
  width: 768,
  height: 512,
  scheduler: "dpm++2m-karras",
  model: "stabilityai/stable-diffusion-2",
  modelFingerprint: "0123456789abcdef",
  device: "cpu",
  software: "Darkroom",
  version: "0.1.0",
};

test("writes what A1111 writes", () => {
  expect(formatParameters({ ...record, strength: 0.8 })).toBe(
    [
      "two purple fish under water",
      "Negative prompt: text, watermark",
      "Steps: 30, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7.5, " +
        "Seed: 18446744073709551615, Size: 768x512, Model hash: 0123456789abcdef, " +
        "Model: stabilityai/stable-diffusion-2, Denoising strength: 0.8, Device: cpu, " +
        "Version: Darkroom 0.1.0",
    ].join("\n"),
  );
});

test.each<[string, string, string]>([
  ["a cat", "", "a cat\nSteps"],
  ["", "blurry", "Negative prompt: blurry\nSteps"],
  ["", "", "Steps"],
  ["two\n\nlines", "more\nlines", "two\n\nlines\nNegative prompt: more\nlines\nSteps"],
])("prompt %j and negative prompt %j come before the settings", (prompt, negativePrompt, start) => {
  const text = formatParameters({ ...record, prompt, negativePrompt });
  expect(text.startsWith(start)).toBe(true);
  expect(text).not.toContain("Prompt length");
});

test("states the prompt's length only if the text alone is ambiguous", () => {
  const text = formatParameters({
    ...record,
    prompt: "a\nNegative prompt: b",
    negativePrompt: "c",
  });
  expect(text).toMatch(/^a\nNegative prompt: b\nNegative prompt: c\nSteps: .*, Prompt length: 20$/);
});

test("what an endpoint did not report is not in the text, and a prompt cannot put it there", () => {
  const { steps: _s, guidanceScale: _g, seed: _d, scheduler: _r, ...told } = record;
  const prompt = "fish\nSteps: 30, Sampler: DDIM, Seed: 5, Size: 64x64";
  const text = formatParameters({ ...told, prompt });
  expect(text.split("\n").at(-1)).toBe(
    "Size: 768x512, Model hash: 0123456789abcdef, Model: stabilityai/stable-diffusion-2, " +
      "Device: cpu, Version: Darkroom 0.1.0",
  );
  expect(parseParameters(text)).toStrictEqual({ ...told, prompt });
});

const oneOf = (...pieces: readonly string[]) => fc.constantFrom(...pieces);
const prompt = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc
    .array(
      oneOf(
        "\n",
        "\r\n",
        " ",
        "\0",
        "\u2028",
        "Negative prompt:",
        "Negative prompt: ",
        "Steps: 20, Sampler: x, Seed: 1",
        "Prompt length: 3",
        "cat",
        "猫",
        "🐟",
        "\ud800",
        '"',
        "\\",
        ",",
      ),
      { maxLength: 8 },
    )
    .map((pieces) => pieces.join("")),
);
const name = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }),
  oneOf(" a, b: c ", '"', "a\nb"),
);
const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const anyRecord: fc.Arbitrary<GenerationRecord> = fc.record(
  {
    prompt,
    negativePrompt: prompt,
    steps: fc.integer({ min: 1, max: 1000 }),
    guidanceScale: fc.double({ min: 1e-9, max: 100, noNaN: true }),
    seed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    width: fc.integer({ min: 1, max: 8192 }),
    height: fc.integer({ min: 1, max: 8192 }),
    scheduler: fc.constantFrom(...SCHEDULER_NAMES),
    model: name,
    modelFingerprint: name,
    device: name,
    strength: share,
    createdAt: fc
      .date({ min: new Date(0), max: new Date("9999-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString()),
    software: oneOf("Darkroom", "A-b_c"),
    version: oneOf("0.1.0", "1.0.0-beta.1+x"),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      "prompt",
      "negativePrompt",
      "width",
      "height",
      "model",
      "device",
      "software",
      "version",
    ],
  },
);

test("every record is read back from its text", () => {
  fc.assert(
    fc.property(anyRecord, (record) => {
      expect(recordSchema.parse(record)).toEqual(record);
      expect(parseParameters(formatParameters(record))).toStrictEqual(record);
    }),
    { numRuns: 3000 },
  );
});

test.each<[string, string, ForeignRecord]>([
  [
    "A1111 1.4",
    "girl, ((eyeshadow)), (coquettish:1.2), <lora:detail:0.5>\n" +
      "Negative prompt: ugly, [blurry], bad: anatomy\n" +
      "Steps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 965400086, Size: 512x768, " +
      "Model hash: 45dee52b, Model: sd_xl: base, Clip skip: 2, ENSD: 31337, Version: v1.4.0",
    {
      prompt: "girl, ((eyeshadow)), (coquettish:1.2), <lora:detail:0.5>",
      negativePrompt: "ugly, [blurry], bad: anatomy",
      steps: 20,
      guidanceScale: 7,
      seed: "965400086",
      width: 512,
      height: 768,
      scheduler: "dpm++2m-karras",
      model: "sd_xl: base",
      modelFingerprint: "45dee52b",
      version: "v1.4.0",
    },
  ],
  [
    "A1111 1.10, image to image, with quoted values",
    "line one,\n  line two\n\nNegative prompt: a\nb\n" +
      "Steps: 33, Sampler: Euler, Schedule type: Karras, CFG scale: 6.5, Seed: 1, Size: 640x640, " +
      'Model: "odd, name: \\"x\\"", Denoising strength: 0.75, ' +
      'Lora hashes: "a: 123, b: 456", Version: v1.10.1',
    {
      prompt: "line one,\n  line two",
      negativePrompt: "a\nb",
      steps: 33,
      guidanceScale: 6.5,
      seed: "1",
      width: 640,
      height: 640,
      scheduler: "euler-karras",
      model: 'odd, name: "x"',
      strength: 0.75,
      version: "v1.10.1",
    },
  ],
  [
    "A1111's second pass is not image to image",
    "a\nSteps: 20, Sampler: PLMS, CFG scale: 7, Seed: 5, Size: 512x512, Denoising strength: 0.7, Hires upscale: 2, Hires upscaler: Latent",
    {
      prompt: "a",
      negativePrompt: "",
      steps: 20,
      guidanceScale: 7,
      seed: "5",
      width: 512,
      height: 512,
      scheduler: "pndm",
    },
  ],
  [
    "the second pass of its first versions is not, either",
    "a\nSteps: 20, Sampler: PLMS, CFG scale: 7, Seed: 5, Size: 512x512, Denoising strength: 0.7, First pass size: 0x0",
    {
      prompt: "a",
      negativePrompt: "",
      steps: 20,
      guidanceScale: 7,
      seed: "5",
      width: 512,
      height: 512,
      scheduler: "pndm",
    },
  ],
  [
    "line ends of Windows",
    "a cat\r\non a mat\r\nNegative prompt: dog\r\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 5, Size: 512x512\r\n",
    {
      prompt: "a cat\non a mat",
      negativePrompt: "dog",
      steps: 20,
      guidanceScale: 7,
      seed: "5",
      width: 512,
      height: 512,
      scheduler: "ddim",
    },
  ],
  [
    "lines that an extension appended",
    "a\nSteps: 20, Sampler: Euler a, Seed: 5, Size: 512x512\nTemplate: __animal__, on a mat\nNegative Template: x",
    {
      prompt: "a",
      negativePrompt: "",
      steps: 20,
      seed: "5",
      width: 512,
      height: 512,
      scheduler: "euler-ancestral",
    },
  ],
  [
    "settings in another order",
    "a\nSampler: DDIM, Steps: 20, Seed: 5",
    { prompt: "a", negativePrompt: "", steps: 20, seed: "5", scheduler: "ddim" },
  ],
  [
    "no prompt",
    "Steps: 20, Sampler: DDIM, Seed: 5",
    { prompt: "", negativePrompt: "", steps: 20, seed: "5", scheduler: "ddim" },
  ],
  [
    "values that cannot be ours are left out",
    "a\nSteps: 20000, Sampler: DPM++ 3M SDE, CFG scale: NaN, Seed: -1, Size: 0x99999999, Model: , Denoising strength: 1.5",
    { prompt: "a", negativePrompt: "" },
  ],
  [
    "a length that does not fit is no length",
    "a\nNegative prompt: b\nSteps: 20, Sampler: DDIM, Seed: 5, Prompt length: 99",
    { prompt: "a", negativePrompt: "b", steps: 20, seed: "5", scheduler: "ddim" },
  ],
])("reads %s", (_, text, expected) => {
  expect(parseParameters(text)).toStrictEqual(expected);
});

test.each(["", "a cat on a mat", '{"prompt": "a cat", "steps": 3}', "\n\n\n"])(
  "finds no record in %j",
  (text) => expect(parseParameters(text)).toBeUndefined(),
);

test("any text is read or skipped, and the result is valid", () => {
  const anyText = fc
    .array(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 20 }),
        oneOf(
          "\nSteps: 20",
          ", Seed: 5",
          ", Size: 8x8",
          ", Prompt length: -1",
          "\nNegative prompt:",
          ', Model: "',
        ),
      ),
      { maxLength: 12 },
    )
    .map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(anyText, (text) => {
      const found = parseParameters(text) ?? {};
      expect(recordSchema.partial().parse(found)).toEqual(found);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  "\n".repeat(1_000_000),
  " \n".repeat(500_000),
  "Negative prompt".repeat(60_000),
  "a\nSteps: 1".repeat(100_000),
])("reads a hostile megabyte in linear time (%#)", (text) =>
  expect(parseParameters(text)?.negativePrompt ?? "").toBe(""),
);
