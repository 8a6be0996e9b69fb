import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseComfyui } from "../../../../engine/image/foreign/comfyui-text.ts";

type Nodes = Readonly<Record<string, readonly [kind: string, inputs: object]>>;

const textOf = (nodes: Nodes): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(nodes).map(([id, [class_type, inputs]]) => [id, { class_type, inputs }]),
    ),
  );
const parse = (nodes: Nodes) => parseComfyui(textOf(nodes));

const KSAMPLER = {
  seed: 3,
  steps: 4,
  cfg: 5,
  sampler_name: "euler",
  scheduler: "normal",
  denoise: 1,
  model: ["model", 0],
  positive: ["positive", 0],
  negative: ["negative", 0],
  latent_image: ["latent", 0],
};
const CLIP = { clip: ["model", 1] };
const PLAIN: Nodes = {
  model: ["CheckpointLoaderSimple", { ckpt_name: "sd2/m.safetensors" }],
  positive: ["CLIPTextEncode", { text: "one boat", ...CLIP }],
  negative: ["CLIPTextEncode", { text: "rain", ...CLIP }],
  latent: ["EmptyLatentImage", { width: 64, height: 96, batch_size: 1 }],
  sampler: ["KSampler", KSAMPLER],
};
const RECORD = {
  prompt: "one boat",
  negativePrompt: "rain",
  steps: 4,
  guidanceScale: 5,
  seed: "3",
  width: 64,
  height: 96,
  scheduler: "euler",
  model: "m",
  software: "ComfyUI",
};

/** ComfyUI's custom sampler, which consists of several nodes. */
const CUSTOM: Nodes = {
  ...PLAIN,
  noise: ["RandomNoise", { noise_seed: 3 }],
  guider: [
    "CFGGuider",
    { cfg: 5, model: ["model", 0], positive: ["positive", 0], negative: ["negative", 0] },
  ],
  select: ["KSamplerSelect", { sampler_name: "dpmpp_2m" }],
  sigmas: ["BasicScheduler", { scheduler: "karras", steps: 4, denoise: 1, model: ["model", 0] }],
  sampler: [
    "SamplerCustomAdvanced",
    {
      noise: ["noise", 0],
      guider: ["guider", 0],
      sampler: ["select", 0],
      sigmas: ["sigmas", 0],
      latent_image: ["latent", 0],
    },
  ],
};

test("the simplest graph says everything", () => {
  expect(parse(PLAIN)).toStrictEqual(RECORD);
});

describe("samplers that consist of several nodes", () => {
  test("noise, guider, sampler and sigmas say what one node says elsewhere", () => {
    expect(parse(CUSTOM)).toStrictEqual({ ...RECORD, scheduler: "dpm++2m-karras" });
  });

  test.each<[string, Nodes, object]>([
    [
      "a guider without guidance",
      { guider: ["BasicGuider", { model: ["model", 0], conditioning: ["positive", 0] }] },
      { guidanceScale: 1, negativePrompt: "", prompt: "one boat" },
    ],
    [
      "a schedule that is a class",
      { sigmas: ["KarrasScheduler", { steps: 9, sigma_max: 14.6, sigma_min: 0.03, rho: 7 }] },
      { scheduler: "dpm++2m-karras", steps: 9 },
    ],
    [
      "sigmas that are cut and turned around",
      {
        sigmas: ["FlipSigmas", { sigmas: ["cut", 1] }],
        cut: ["SplitSigmas", { sigmas: ["karras", 0], step: 2 }],
        karras: ["KarrasScheduler", { steps: 9 }],
      },
      { scheduler: "dpm++2m-karras", steps: 9 },
    ],
    [
      "a sampler that is a class",
      {
        select: ["SamplerEulerAncestral", { eta: 1, s_noise: 1 }],
        sigmas: ["BasicScheduler", { scheduler: "normal", steps: 4, denoise: 1 }],
      },
      { scheduler: "euler-ancestral" },
    ],
    [
      "one sampler with its own seed",
      {
        sampler: [
          "SamplerCustom",
          {
            add_noise: true,
            noise_seed: 8,
            cfg: 2.5,
            model: ["model", 0],
            positive: ["positive", 0],
            negative: ["negative", 0],
            sampler: ["select", 0],
            sigmas: ["sigmas", 0],
            latent_image: ["latent", 0],
          },
        ],
      },
      { seed: "8", guidanceScale: 2.5, scheduler: "dpm++2m-karras", negativePrompt: "rain" },
    ],
    [
      "sigmas in a circle",
      { sigmas: ["FlipSigmas", { sigmas: ["sigmas", 0] }] },
      { prompt: "one boat", seed: "3" },
    ],
  ])("%s", (_, changed, expected) => {
    expect(parse({ ...CUSTOM, ...changed })).toMatchObject(expected);
  });

  test("a schedule of an unknown class is not given one of our names", () => {
    const sigmas: Nodes = { sigmas: ["SDTurboScheduler", { steps: 1, denoise: 1 }] };
    expect(parse({ ...CUSTOM, ...sigmas })).not.toHaveProperty("scheduler");
  });
});

describe("prompts", () => {
  test.each<[string, Nodes, object]>([
    [
      "zeroed out is empty",
      { negative: ["ConditioningZeroOut", { conditioning: ["positive", 0] }] },
      { prompt: "one boat", negativePrompt: "" },
    ],
    [
      "zeroed out behind another node is empty",
      {
        negative: ["ConditioningSetTimestepRange", { conditioning: ["zero", 0], start: 0, end: 1 }],
        zero: ["ConditioningZeroOut", { conditioning: ["positive", 0] }],
      },
      { negativePrompt: "" },
    ],
    [
      "an empty text is an empty prompt",
      { negative: ["CLIPTextEncode", { text: "", ...CLIP }] },
      { negativePrompt: "" },
    ],
    [
      "put one behind the other",
      {
        positive: [
          "ConditioningConcat",
          { conditioning_from: ["second", 0], conditioning_to: ["first", 0] },
        ],
        first: ["CLIPTextEncode", { text: "one boat", ...CLIP }],
        second: ["CLIPTextEncode", { text: "at night", ...CLIP }],
      },
      { prompt: "one boat, at night" },
    ],
    [
      "combined, one of them empty",
      {
        positive: [
          "ConditioningCombine",
          { conditioning_1: ["zero", 0], conditioning_2: ["b", 0] },
        ],
        zero: ["ConditioningZeroOut", { conditioning: ["b", 0] }],
        b: ["CLIPTextEncode", { text: "at night", ...CLIP }],
      },
      { prompt: "at night" },
    ],
    [
      "averaged are the stronger one",
      {
        positive: [
          "ConditioningAverage",
          {
            conditioning_to: ["negative", 0],
            conditioning_from: ["b", 0],
            conditioning_to_strength: 0.25,
          },
        ],
        b: ["CLIPTextEncode", { text: "at night", ...CLIP }],
      },
      { prompt: "at night" },
    ],
    [
      "go through a control net together",
      {
        sampler: ["KSampler", { ...KSAMPLER, positive: ["net", 0], negative: ["net", 1] }],
        net: [
          "ControlNetApplyAdvanced",
          { positive: ["positive", 0], negative: ["negative", 0], image: ["x", 0], strength: 1 },
        ],
      },
      { prompt: "one boat", negativePrompt: "rain" },
    ],
    [
      "stand in a loader",
      {
        sampler: [
          "KSampler (Efficient)",
          { ...KSAMPLER, positive: ["all", 1], negative: ["all", 2] },
        ],
        all: ["Efficient Loader", { ckpt_name: "m.ckpt", positive: "two boats", negative: "fog" }],
      },
      { prompt: "two boats", negativePrompt: "fog" },
    ],
    [
      "come through reroutes and switches of any name",
      {
        sampler: ["KSampler", { ...KSAMPLER, positive: ["switch", 0] }],
        switch: ["Any Switch (rgthree)", { any_01: ["reroute", 0] }],
        reroute: ["Reroute", { "": ["positive", 0] }],
      },
      { prompt: "one boat" },
    ],
    [
      "come through a pipe",
      {
        sampler: ["ImpactKSamplerBasicPipe", { ...KSAMPLER, positive: 0, basic_pipe: ["pipe", 0] }],
        pipe: ["ToBasicPipe", { ...CLIP, positive: ["positive", 0], negative: ["negative", 0] }],
      },
      { negativePrompt: "rain" },
    ],
    [
      "are encoded by nodes of other names",
      {
        positive: ["smZ CLIPTextEncode", { text: "two boats", parser: "A1111", ...CLIP }],
        negative: ["CLIPTextEncodeSDXL", { text_g: "fog", text_l: "fog", width: 1024, ...CLIP }],
      },
      { prompt: "two boats", negativePrompt: "fog" },
    ],
    [
      "come from text nodes, put together",
      {
        positive: ["CLIPTextEncode", { text: ["joined", 0], ...CLIP }],
        joined: [
          "StringConcatenate",
          { string_a: ["word", 0], string_b: "at night", delimiter: ", " },
        ],
        word: ["PrimitiveStringMultiline", { value: "one\nboat" }],
      },
      { prompt: "one\nboat, at night" },
    ],
    [
      "come through a node that shows them",
      {
        positive: ["CLIPTextEncode", { text: ["show", 0], ...CLIP }],
        show: ["ShowText|pysssss", { text: ["wild", 0], text_0: "an older one" }],
        wild: ["CR Prompt Text", { prompt: "one boat" }],
      },
      { prompt: "one boat" },
    ],
    [
      "lie in subgraphs",
      {
        sampler: ["KSampler", { ...KSAMPLER, positive: ["12:3:7", 0] }],
        "12:3:7": ["CLIPTextEncode", { text: "two boats", ...CLIP }],
      },
      { prompt: "two boats" },
    ],
  ])("%s", (_, changed, expected) => {
    expect(parse({ ...PLAIN, ...changed })).toMatchObject(expected);
  });

  test("words within a text are not bare words", () => {
    const text = textOf({
      ...PLAIN,
      positive: ["CLIPTextEncode", { text: 'a sign: NaN, [Infinity], "-Infinity"', ...CLIP }],
    });
    const bare = text.replace('"denoise":1', '"denoise":1,"is_changed":[NaN, -Infinity]');
    expect(parseComfyui(bare)).toStrictEqual({
      ...RECORD,
      prompt: 'a sign: NaN, [Infinity], "-Infinity"',
    });
  });

  test("a prompt that only a program knows is absent, and the rest is read", () => {
    const positive: Nodes = { positive: ["CLIPTextEncode", { text: ["gone", 0], ...CLIP }] };
    const { prompt: _, ...rest } = RECORD;
    expect(parse({ ...PLAIN, ...positive })).toStrictEqual(rest);
  });
});

describe("several samplers", () => {
  const second = { ...KSAMPLER, seed: 99, steps: 20, denoise: 0.5, latent_image: ["larger", 0] };

  test.each<[string, Nodes]>([
    [
      "latents that were enlarged",
      {
        larger: ["LatentUpscale", { samples: ["sampler", 0], width: 128, height: 192 }],
      },
    ],
    [
      "a picture that was enlarged",
      {
        larger: ["VAEEncode", { pixels: ["scaled", 0], vae: ["model", 2] }],
        scaled: ["ImageScale", { image: ["decoded", 0], width: 128, height: 192 }],
        decoded: ["VAEDecode", { samples: ["sampler", 0], vae: ["model", 2] }],
      },
    ],
  ])("one that passes through %s does not count, wherever it is", (_, between) => {
    const { sampler, ...rest } = PLAIN;
    const over: Nodes = { ...between, over: ["KSampler", second] };
    expect(parse({ ...over, ...PLAIN })).toStrictEqual(RECORD);
    expect(parse({ ...rest, sampler: sampler!, ...over })).toStrictEqual(RECORD);
  });

  test("if all start from a picture, the first has a strength", () => {
    const latent: Nodes = { latent: ["VAEEncode", { pixels: ["x", 0], vae: ["model", 2] }] };
    const sampler: Nodes = { sampler: ["KSampler", { ...KSAMPLER, denoise: 0.6 }] };
    const { width: _, height: __, ...rest } = RECORD;
    expect(parse({ ...PLAIN, ...latent, ...sampler })).toStrictEqual({ ...rest, strength: 0.6 });
  });

  test("sizes may come from their own nodes", () => {
    const nodes: Nodes = {
      latent: ["EmptySD3LatentImage", { width: ["side", 0], height: ["side", 0], batch_size: 1 }],
      side: ["PrimitiveInt", { value: 128 }],
    };
    expect(parse({ ...PLAIN, ...nodes })).toMatchObject({ width: 128, height: 128 });
  });
});

describe("graphs that no user made", () => {
  test("loops of every kind end", () => {
    const nodes: Nodes = {
      positive: [
        "ConditioningCombine",
        { conditioning_1: ["negative", 0], conditioning_2: ["x", 0] },
      ],
      negative: [
        "ConditioningConcat",
        { conditioning_to: ["positive", 0], conditioning_from: ["x", 0] },
      ],
      x: ["ConditioningCombine", { conditioning_1: ["positive", 0], conditioning_2: ["x", 0] }],
      latent: ["Reroute", { "": ["latent", 0] }],
      model: ["LoraLoader", { model: ["model", 0] }],
    };
    expect(parse({ ...PLAIN, ...nodes })).toStrictEqual({
      steps: 4,
      guidanceScale: 5,
      seed: "3",
      scheduler: "euler",
      software: "ComfyUI",
    });
  });

  test("a text that doubles at every node ends", () => {
    const doubling = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `t${i}`,
        ["StringConcatenate", { string_a: [`t${i + 1}`, 0], string_b: [`t${i + 1}`, 0] }] as const,
      ]),
    );
    const end: Nodes = { t60: ["PrimitiveString", { value: "boat" }] };
    const positive: Nodes = { positive: ["CLIPTextEncode", { text: ["t0", 0], ...CLIP }] };
    expect(parse({ ...PLAIN, ...doubling, ...end, ...positive })).toMatchObject({ seed: "3" });
  });

  test("a megabyte of samplers in one long chain is read", () => {
    const chain: Nodes = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`r${i}`, ["Reroute", { "": [`r${i + 1}`, 0] }]]),
    );
    const fed = { positive: ["positive", 0], latent_image: ["r0", 0], seed: 3 };
    const samplers: Nodes = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [`s${i}`, ["KSampler", fed]]),
    );
    expect(parse({ ...PLAIN, ...chain, ...samplers })).toMatchObject({ seed: "3" });
  });

  test("any nodes with any links are read or skipped", () => {
    const ids = ["a", "b", "c", "d", "1"];
    const kinds = [
      "KSampler",
      "SamplerCustomAdvanced",
      "CFGGuider",
      "BasicScheduler",
      "ConditioningCombine",
      "ConditioningConcat",
      "ConditioningZeroOut",
      "CLIPTextEncode",
      "StringConcatenate",
      "EmptyLatentImage",
      "Reroute",
    ];
    const names = Object.keys({
      ...KSAMPLER,
      ...CLIP,
      guider: 0,
      noise: 0,
      sampler: 0,
      sigmas: 0,
      conditioning: 0,
      conditioning_1: 0,
      conditioning_2: 0,
      conditioning_to: 0,
      conditioning_from: 0,
      text: 0,
      string_a: 0,
      string_b: 0,
      width: 0,
      height: 0,
      "": 0,
    });
    const link = fc.tuple(fc.constantFrom(...ids), fc.nat(2));
    const input = fc.oneof({ weight: 4, arbitrary: link }, fc.string(), fc.double(), fc.nat());
    const node = fc.tuple(
      fc.constantFrom(...kinds),
      fc.dictionary(fc.constantFrom(...names), input, { maxKeys: 12 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...ids), node), (nodes) => {
        const found = parse(nodes);
        expect(found === undefined || found.software === "ComfyUI").toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
