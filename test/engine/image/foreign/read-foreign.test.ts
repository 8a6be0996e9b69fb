import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { recallSchema, type Recall } from "../../../../engine/contract/generation.ts";
import { generationTexts } from "../../../../engine/image/generation-text.ts";
import {
  FOREIGN_KEYS,
  readForeignTexts,
  textsOfComment,
} from "../../../../engine/image/foreign/read-foreign.ts";
import { RECORD } from "../../../fakes/gallery.ts";
import * as written from "../../../fakes/foreign-texts.ts";

const read = (texts: Record<string, string>) => readForeignTexts(new Map(Object.entries(texts)));

const isSound = (recall: Recall | undefined) => recallSchema.optional().safeParse(recall).success;

describe("each studio's own texts", () => {
  test.each<[string, Record<string, string>, Recall]>([
    ["ours", Object.fromEntries(generationTexts(RECORD)), { writer: "darkroom", record: RECORD }],
    [
      "A1111",
      { parameters: written.A1111 },
      {
        writer: "a1111",
        record: {
          prompt: "a lighthouse, oil on canvas",
          negativePrompt: "blurry, text",
          steps: 28,
          guidanceScale: 6.5,
          seed: "18446744073709551615",
          width: 768,
          height: 512,
          scheduler: "dpm++2m-karras",
          model: "v2-1_768-ema-pruned",
          modelFingerprint: "ad2a33c361",
          version: "v1.10.1",
        },
      },
    ],
    [
      "Fooocus, its JSON",
      { parameters: written.FOOOCUS_JSON, fooocus_scheme: "fooocus" },
      {
        writer: "fooocus",
        record: {
          prompt: "a lighthouse",
          negativePrompt: "",
          steps: 30,
          guidanceScale: 4,
          seed: "7036874417766400",
          width: 1152,
          height: 896,
          scheduler: "dpm++2m-karras",
          model: "juggernautXL_v8Rundiffusion",
          modelFingerprint: "aeb7e9e689",
          software: "Fooocus",
          version: "v2.5.5",
        },
      },
    ],
    [
      "Fooocus, A1111's form",
      { parameters: written.FOOOCUS_INFOTEXT, fooocus_scheme: "a1111" },
      {
        writer: "fooocus",
        record: {
          prompt: "a lighthouse\nat night",
          negativePrompt: "",
          steps: 30,
          guidanceScale: 4,
          seed: "42",
          width: 1152,
          height: 896,
          scheduler: "dpm++2m-karras",
          model: "juggernautXL_v8Rundiffusion",
          modelFingerprint: "aeb7e9e689",
          software: "Fooocus",
          version: "v2.5.5",
        },
      },
    ],
    [
      "InvokeAI",
      { invokeai_metadata: written.INVOKEAI, invokeai_graph: "{}" },
      {
        writer: "invokeai",
        record: {
          prompt: "a lighthouse",
          negativePrompt: "blurry",
          steps: 30,
          guidanceScale: 7.5,
          seed: "2471219532",
          width: 768,
          height: 768,
          scheduler: "euler-ancestral",
          model: "stable-diffusion-2-1",
          modelFingerprint: "blake3:0a1b",
          software: "InvokeAI",
          version: "5.6.0",
        },
      },
    ],
    [
      "InvokeAI 2",
      { "sd-metadata": written.SD_METADATA, Dream: written.DREAM },
      {
        writer: "invokeai",
        record: {
          prompt: "a lighthouse, at night",
          negativePrompt: "blurry text",
          steps: 50,
          guidanceScale: 7.5,
          seed: "4210583922",
          width: 512,
          height: 768,
          scheduler: "euler-ancestral",
          model: "stable-diffusion-1.5",
          modelFingerprint: "cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516",
          software: "InvokeAI",
          version: "2.2.5",
        },
      },
    ],
    [
      "InvokeAI 1",
      { Dream: written.DREAM },
      {
        writer: "invokeai",
        record: {
          prompt: 'a "lighthouse", at night',
          negativePrompt: "blurry text",
          steps: 50,
          guidanceScale: 7.5,
          seed: "4210583922",
          width: 512,
          height: 768,
          scheduler: "euler-ancestral",
          software: "InvokeAI",
        },
      },
    ],
    [
      "StabilityMatrix",
      { parameters: written.A1111, "parameters-json": written.STABILITY_MATRIX, smproj: "{}" },
      {
        writer: "stability-matrix",
        record: {
          prompt: "(cat:1.2), by artist",
          negativePrompt: "blurry",
          steps: 30,
          guidanceScale: 7,
          seed: "18446744073709551615",
          width: 640,
          height: 896,
          scheduler: "dpm++2m-karras",
          model: "ExampleMix7",
          modelFingerprint: "b899d188a1ac",
          software: "StabilityMatrix",
        },
      },
    ],
    [
      "ComfyUI",
      { prompt: written.COMFYUI, workflow: "{}" },
      {
        writer: "comfyui",
        record: {
          prompt: "a lighthouse",
          negativePrompt: "text, watermark",
          steps: 20,
          guidanceScale: 8,
          seed: "18446744073709551614",
          width: 512,
          height: 768,
          scheduler: "euler",
          model: "v2-1_768-ema-pruned",
          software: "ComfyUI",
        },
      },
    ],
    [
      "Draw Things, in a PNG",
      { "XML:com.adobe.xmp": written.DRAW_THINGS_XMP },
      {
        writer: "draw-things",
        record: {
          prompt: 'a "lighthouse" & <sea>',
          negativePrompt: "blurry",
          steps: 20,
          guidanceScale: 7.5,
          seed: "3421",
          width: 768,
          height: 768,
          scheduler: "dpm++2m-karras",
          model: "sd_v2.1_768_v_f16",
          software: "DrawThings",
        },
      },
    ],
  ])("%s", (_, texts, expected) => {
    expect(read(texts)).toStrictEqual(expected);
  });

  test.each<[string, object]>([
    [`"one boat" -s 4 -S 3 -W 64 -H 64 -C 5 -A ddim`, { steps: 4, seed: "3", scheduler: "ddim" }],
    [`"one boat" -s4 -S3 -W64 -H64 -C5 -Aplms`, { width: 64, height: 64, scheduler: "pndm" }],
    [`"one boat" -s4 -S3 -I "in.png" -f0.6`, { strength: 0.6, prompt: "one boat" }],
    [`"one boat" -s4 -S3 -f0.6`, { steps: 4 }],
    [
      `"a -s 9 [rain][ fog ]boat" -s4`,
      { prompt: "a -s 9 boat", negativePrompt: "rain fog", steps: 4 },
    ],
  ])("InvokeAI's line %s", (Dream, record) => {
    expect(read({ Dream })).toMatchObject({ writer: "invokeai", record });
    expect(read({ Dream })?.record.strength).toBe(Dream.includes("-I") ? 0.6 : undefined);
  });

  test.each(["one boat", '"one boat"', "", '"', "-s 4", '"one boat -s 4'])(
    "%j under Dream says nothing",
    (Dream) => {
      expect(read({ Dream })).toBeUndefined();
    },
  );

  test("the project names the writer of StabilityMatrix' older pictures", () => {
    expect(read({ parameters: written.A1111, smproj: "{}" })).toMatchObject({
      writer: "stability-matrix",
      record: { seed: "18446744073709551615" },
    });
  });

  test("A1111's text says more than a graph beside it", () => {
    expect(read({ parameters: written.A1111, prompt: written.COMFYUI })?.writer).toBe("a1111");
  });

  test.each(["karras", "normal"])("Fooocus' schedule %s is one of ours", (schedule) => {
    const parameters = written.FOOOCUS_INFOTEXT.replace(
      "Scheduler: karras",
      `Scheduler: ${schedule}`,
    );
    expect(read({ parameters, fooocus_scheme: "a1111" })?.record.scheduler).toBe("dpm++2m-karras");
  });

  test("an unknown schedule is not given one of our names", () => {
    const parameters = written.FOOOCUS_INFOTEXT.replace(
      "Scheduler: karras",
      "Scheduler: align_your_steps",
    );
    expect(read({ parameters, fooocus_scheme: "a1111" })?.record).not.toHaveProperty("scheduler");
    const comfyui = written.COMFYUI.replaceAll('"scheduler":"normal"', '"scheduler":"beta"');
    expect(read({ prompt: comfyui })?.record).not.toHaveProperty("scheduler");
  });
});

describe("user comments of JPEG and WebP", () => {
  test.each([
    ["a1111", { comment: written.A1111 }],
    ["fooocus", { comment: written.FOOOCUS_JSON }],
    ["draw-things", { comment: written.DRAW_THINGS }],
    ["draw-things", { comment: "", xmp: written.DRAW_THINGS_XMP }],
    ["comfyui", { comment: "", graph: written.COMFYUI }],
  ])("are read as %s's", (writer, comment) => {
    expect(readForeignTexts(textsOfComment(comment))).toMatchObject({
      writer,
      record: { prompt: expect.stringContaining("lighthouse") },
    });
  });

  test.each(["", "taken on a sunny day", "{}", '{"c": 3}'])("%j says nothing", (comment) => {
    expect(readForeignTexts(textsOfComment({ comment }))).toBeUndefined();
  });
});

test.each([
  {},
  { Software: "GIMP" },
  { parameters: "" },
  { parameters: '{"a": 1}' },
  { invokeai_metadata: "null" },
  { invokeai_metadata: "[]" },
  { prompt: "a cat" },
  { prompt: "{}" },
  { prompt: '{"1": {"class_type": "KSampler", "inputs": {}}}' },
  { "XML:com.adobe.xmp": "<x:xmpmeta><exif:UserComment/></x:xmpmeta>" },
])("%j says nothing", (texts) => {
  expect(read(texts as Record<string, string>)).toBeUndefined();
});

/** JSON whose objects have the keys that readers look for, with any values. */
function anyJson(keys: readonly string[]): fc.Arbitrary<string> {
  const leaf = fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }),
    fc.double(),
    fc.bigInt({ min: 0n, max: 2n ** 70n }).map(Number),
    fc.constantFrom(null, true, "1", "__proto__", "constructor"),
    fc.tuple(fc.constantFrom("1", "2", "3", 4), fc.nat(2)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, leaf, tie("object"), fc.array(tie("value"), { maxLength: 3 })),
    object: fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 8 }),
  }));
  return value.map((json) => JSON.stringify(json) ?? "");
}

const WORDS = [
  "1",
  "2",
  "3",
  "__proto__",
  "inputs",
  "class_type",
  "positive",
  "negative",
  "latent_image",
  "model",
  "text",
  "seed",
  "steps",
  "cfg",
  "denoise",
  "width",
  "height",
  "ckpt_name",
  "positive_prompt",
  "scheduler",
  "prompt",
  "resolution",
  "c",
  "uc",
  "size",
  "sampler",
  "Seed",
  "PositivePrompt",
  "Sampler",
  "version",
  "image",
  "sui_image_params",
  "software",
];

test("whatever the texts contain, they are read or skipped, and the result is valid", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    anyJson(WORDS),
    fc.constantFrom(written.A1111, written.FOOOCUS_INFOTEXT, written.DRAW_THINGS_XMP),
  );
  const texts = fc.dictionary(fc.constantFrom(...FOREIGN_KEYS), text, { maxKeys: 4 });
  fc.assert(
    fc.property(texts, (texts) => {
      expect(read(texts)).toSatisfy(isSound);
    }),
    { numRuns: 3000 },
  );
});

test("a text that was cut or changed anywhere is read or skipped", () => {
  const key = fc.constantFrom<[string, string]>(
    ["parameters", written.FOOOCUS_JSON],
    ["invokeai_metadata", written.INVOKEAI],
    ["parameters-json", written.STABILITY_MATRIX],
    ["prompt", written.COMFYUI],
    ["sd-metadata", written.SD_METADATA],
    ["Dream", written.DREAM],
    ["XML:com.adobe.xmp", written.DRAW_THINGS_XMP],
  );
  fc.assert(
    fc.property(
      key,
      fc.nat(),
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.nat(40),
      ([keyword, text], at, inserted, dropped) => {
        const start = at % text.length;
        const changed = text.slice(0, start) + inserted + text.slice(start + dropped);
        expect(read({ [keyword]: changed })).toSatisfy(isSound);
      },
    ),
    { numRuns: 2000 },
  );
});

test.each([
  ["deep", "prompt", '{"a":'.repeat(150_000)],
  ["deep and closed", "prompt", `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`],
  ["many quotes", "invokeai_metadata", '"'.repeat(1_000_000)],
  ["a long text", "invokeai_metadata", `{"positive_prompt":"${"a".repeat(1_000_000)}`],
  ["NaNs", "prompt", `[${"NaN,".repeat(250_000)}`],
  ["colons and blanks", "prompt", `{"a":${" ".repeat(1_000_000)}`],
  ["entities", "XML:com.adobe.xmp", `<exif:UserComment>${"&#".repeat(500_000)}`],
  ["blanks", "XML:com.adobe.xmp", `<exif:UserComment>${" ".repeat(1_000_000)}`],
  ["items", "XML:com.adobe.xmp", "<exif:UserComment><rdf:Alt><rdf:li ".repeat(30_000)],
  ["escaped quotes", "prompt", `{"a":NaN,"b":"${'\\"'.repeat(500_000)}`],
  ["backslashes", "prompt", `{"a":NaN,"${"\\".repeat(1_000_001)}`],
  ["flags", "Dream", `"${'" -'.repeat(300_000)}`],
  ["flags without values", "Dream", `"" ${"-s ".repeat(300_000)}`],
  ["brackets", "Dream", `"${"[".repeat(1_000_000)}" -x 1`],
  ["job ids", "Description", "Job ID: 0".repeat(100_000)],
  ["digits", "parameters-json", `{"Seed":${"9".repeat(1_000_000)}}`],
])("a hostile megabyte (%s) is read in linear time", (_, keyword, text) => {
  // Work that grows with the square of a megabyte would exceed the test's time limit.
  expect(read({ [keyword]: text })).toBeUndefined();
});
