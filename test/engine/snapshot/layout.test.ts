import * as fc from "fast-check";
import { expect, test } from "vitest";
import { layoutOf, variantsIn } from "../../../engine/snapshot/layout.ts";

const TEXTS = [
  "model_index.json",
  "scheduler/scheduler_config.json",
  "text_encoder/config.json",
  "tokenizer/merges.txt",
  "tokenizer/vocab.json",
  "unet/config.json",
  "vae/config.json",
];

const WEIGHTS = [
  "text_encoder/model.safetensors",
  "unet/diffusion_pytorch_model.safetensors",
  "vae/diffusion_pytorch_model.safetensors",
];
const HALVES = WEIGHTS.map((path) => path.replace(".safetensors", ".fp16.safetensors"));

/** The files of the hub's own stable-diffusion-2, and others that such repositories contain. */
const REPOSITORY = [
  ...TEXTS,
  ...WEIGHTS,
  ...HALVES,
  "feature_extractor/preprocessor_config.json",
  "tokenizer/special_tokens_map.json",
  ".gitattributes",
  "README.md",
  "768-v-ema.ckpt",
  "768-v-ema.safetensors",
  "text_encoder/pytorch_model.bin",
  "text_encoder/flax_model.msgpack",
  "unet/diffusion_pytorch_model.bin",
  "unet/diffusion_pytorch_model.non_ema.safetensors",
  "unet/model.onnx",
  "safety_checker/model.safetensors",
  "vae/handler.py",
  "vae/deep/diffusion_pytorch_model.safetensors",
];

test("takes configs, tokenizer and one set of weights, and names the pickles it leaves out", () => {
  const extra = ["feature_extractor/preprocessor_config.json", "tokenizer/special_tokens_map.json"];
  const pickles = [
    "768-v-ema.ckpt",
    "text_encoder/pytorch_model.bin",
    "unet/diffusion_pytorch_model.bin",
  ];
  const full = { int8: [], paths: [...TEXTS, ...extra, ...WEIGHTS].toSorted(), pickles };
  const half = { int8: [], paths: [...TEXTS, ...extra, ...HALVES].toSorted(), pickles };
  expect(layoutOf(REPOSITORY, ["", "fp16"])).toEqual(full);
  expect(layoutOf(REPOSITORY, ["fp16", ""])).toEqual(half);
});

test("takes a network's other weights if it has none of the variant", () => {
  const paths = [...TEXTS, ...HALVES.slice(0, 2), WEIGHTS[2]!];
  expect(layoutOf(paths, ["fp16", ""]).paths).toEqual(paths.toSorted());
  expect(layoutOf(paths, ["", "fp16"]).paths).toEqual(paths.toSorted());
});

test("takes training weights only if there are no others", () => {
  const training = "unet/diffusion_pytorch_model.non_ema.safetensors";
  const paths = [...TEXTS, WEIGHTS[0]!, WEIGHTS[2]!, training];
  expect(layoutOf(paths, [""]).paths).toContain(training);
  const other = "unet/diffusion_pytorch_model.bf16.safetensors";
  expect(layoutOf([...paths, other], [""]).paths).not.toContain(training);
});

test.each([
  [
    "diffusion_pytorch_model.safetensors.index.json",
    ["diffusion_pytorch_model-00001-of-00002", "diffusion_pytorch_model-00002-of-00002"],
    "",
  ],
  [
    "diffusion_pytorch_model.safetensors.index.fp16.json",
    ["diffusion_pytorch_model.fp16-00001-of-00002", "diffusion_pytorch_model.fp16-00002-of-00002"],
    "fp16",
  ],
  [
    "diffusion_pytorch_model.safetensors.fp16.index.json",
    ["diffusion_pytorch_model-00001-of-00002.fp16", "diffusion_pytorch_model-00002-of-00002.fp16"],
    "fp16",
  ],
])("takes all shards with %s", (index, stems, variant) => {
  const sharded = [index, ...stems.map((stem) => `${stem}.safetensors`)].map((n) => `unet/${n}`);
  const paths = [...TEXTS, WEIGHTS[0]!, WEIGHTS[2]!, ...sharded];
  expect(layoutOf(paths, [""]).paths).toEqual(paths.toSorted());
  expect(variantsIn(paths)).toEqual([variant]);
});

test("does not take a set with a missing shard", () => {
  const index = "unet/diffusion_pytorch_model.safetensors.index.json";
  const shard = "unet/diffusion_pytorch_model-00001-of-00002.safetensors";
  const paths = [...TEXTS, WEIGHTS[0]!, WEIGHTS[2]!, index, shard];
  expect(() => layoutOf(paths, [""])).toThrow(
    expect.objectContaining({ code: "SNAPSHOT_INCOMPLETE", details: { file: index } }),
  );
  const half = HALVES[1]!;
  expect(layoutOf([...paths, half], [""]).paths).toEqual(
    [...TEXTS, WEIGHTS[0]!, WEIGHTS[2]!, half].toSorted(),
  );
});

test("names the available variants", () => {
  expect(variantsIn(REPOSITORY)).toEqual(["", "fp16"]);
  expect(variantsIn([...TEXTS, ...HALVES])).toEqual(["fp16"]);
  expect(variantsIn(TEXTS)).toEqual([]);
});

test.each([
  ["a model in one file", ["README.md", "v2-1.safetensors"], "SNAPSHOT_UNSUPPORTED"],
  ["pickles alone", ["v2-1.ckpt"], "PICKLE_REFUSED"],
  ["anything else", ["config.json", "tokenizer.json"], "SNAPSHOT_INCOMPLETE"],
  [
    "a snapshot of pickles",
    [...TEXTS, ...WEIGHTS.slice(1), "text_encoder/pytorch_model.bin"],
    "PICKLE_REFUSED",
  ],
  ["one without a scheduler", [...TEXTS.toSpliced(1, 1), ...WEIGHTS], "SNAPSHOT_INCOMPLETE"],
  ["one without merges", [...TEXTS.toSpliced(3, 1), ...WEIGHTS], "SNAPSHOT_INCOMPLETE"],
])("refuses %s", (_, paths, code) => {
  expect(() => layoutOf(paths, [""])).toThrow(expect.objectContaining({ code }));
});

test("a tokenizer may be one file", () => {
  const texts = [...TEXTS.filter((path) => !/merges|vocab/.test(path)), "tokenizer/tokenizer.json"];
  const paths = [...texts, ...WEIGHTS];
  expect(layoutOf(paths, [""]).paths).toEqual(paths.toSorted());
});

test("never takes a name that could lead out of its folder", () => {
  const strange = fc.string({ unit: fc.constantFrom("/", "\\", "..", ":", "x", "\0", " ", "é") });
  const names = fc
    .tuple(fc.constantFrom(...REPOSITORY), strange, fc.nat(60))
    .map(([path, part, at]) => path.slice(0, at) + part + path.slice(at));
  fc.assert(
    fc.property(fc.array(names), (others) => {
      const { paths } = layoutOf([...others, ...REPOSITORY], ["fp16"]);
      const strangers = paths.filter((path) => !/^([\w-]+\/)?[\w-][\w.-]*$/.test(path));
      expect(strangers).toEqual([]);
    }),
  );
});
