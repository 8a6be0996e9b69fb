import { describe, expect, test } from "vitest";
import { readSnapshot, type Snapshot } from "../../../engine/snapshot/snapshot.ts";
import type { Precision } from "../../../engine/tensor/precision.ts";
import type { FoundTensors as Tensors } from "../../../engine/snapshot/weights.ts";
import { loadFolder, memorySnapshot, type FileMap } from "../../fakes/memory-snapshot.ts";
import { inBfloat16, inFloat32, inShards } from "../../fixtures/rewrites.ts";

const TINY_SD2 = loadFolder("test/golden/tiny-sd2-v/snapshot");
const INDEX = "model_index.json";
const UNET = "unet/diffusion_pytorch_model";

function read(files: FileMap, precision: Precision = "float32"): Promise<Snapshot> {
  return readSnapshot(memorySnapshot(files), precision);
}

function without(files: FileMap, ...paths: string[]): FileMap {
  return new Map([...files].filter(([path]) => !paths.includes(path)));
}

function countOf(weights: Tensors): number {
  let parameters = 0;
  for (const { shape } of weights.values()) parameters += shape.reduce((a, b) => a * b, 1);
  return parameters;
}

/** Names and shapes, sorted: all that a network sees of its weights. */
function shapesOf(weights: Tensors): readonly string[] {
  return [...weights].map(([name, { shape }]) => `${name} ${shape.join("x")}`).toSorted();
}

describe("reads", () => {
  test.each([
    ["test/golden/tiny-sd2-v/snapshot", "fp16", { textEncoder: 52, unet: 684, vae: 180 }],
    ["test/golden/tiny-sd2-hub/snapshot", "fp16", { textEncoder: 53, unet: 684, vae: 180 }],
    ["test/golden/tiny-sd21-v/snapshot", "fp16", { textEncoder: 36, unet: 440, vae: 180 }],
    ["test/golden/tiny-sd1-eps/snapshot", "", { textEncoder: 36, unet: 684, vae: 244 }],
    ["assets/starter/snapshot", "", { textEncoder: 52, unet: 442, vae: 188 }],
  ])("%s, variant %j", async (folder, variant, counts) => {
    const { textEncoder, unet, vae, ...rest } = await read(loadFolder(folder));
    const networks = { textEncoder, unet, vae };
    const found = Object.entries(networks).map(([name, { tensors }]) => [name, tensors.size]);
    expect(Object.fromEntries(found)).toEqual(counts);
    expect(Object.values(networks).map((network) => network.variant)).toEqual(
      Array(3).fill(variant),
    );
    expect(rest.pipelineClass).toBe("StableDiffusionPipeline");
    expect(rest.schedulerClass).toBe("DDIMScheduler");
    expect(rest.schedulerConfig).toMatchObject({ _class_name: "DDIMScheduler" });
  });

  test.each([
    [["diffusers", "PNDMScheduler"], "PNDMScheduler"],
    [[null, null], undefined],
    [undefined, undefined],
  ])("the scheduler's class %j of model_index.json", async (entry, expected) => {
    const index = {
      ...JSON.parse(new TextDecoder().decode(TINY_SD2.get(INDEX))),
      scheduler: entry,
    };
    const files = new Map([...TINY_SD2, [INDEX, Buffer.from(JSON.stringify(index))]]);
    expect((await read(files)).schedulerClass).toBe(expected);
  });

  test("the hub's layout as the same networks under the same names", async () => {
    const [today, hub] = await Promise.all([
      read(TINY_SD2),
      read(loadFolder("test/golden/tiny-sd2-hub/snapshot")),
    ]);
    for (const network of ["textEncoder", "unet", "vae"] as const) {
      const found = shapesOf(hub[network].tensors).filter((name) => !/position_ids/.test(name));
      expect(found).toEqual(shapesOf(today[network].tensors));
      expect(hub[network].config).toEqual(today[network].config);
    }
  });

  test("a weight as the place of its bytes", async () => {
    const { unet } = await read(TINY_SD2);
    const file = TINY_SD2.get(`${UNET}.fp16.safetensors`)!;
    const bias = unet.tensors.get("conv_in.bias")!;
    expect(bias).toEqual({
      file: `${UNET}.fp16.safetensors`,
      offset: 8 + 78_152, // conv_in.bias is the first tensor of the file
      lengthBytes: 64,
      dtype: "F16",
      shape: [32],
    });
    expect(bias.offset + bias.lengthBytes).toBeLessThan(file.length);
  });

  test("the tokenizer's files by name and the recommendation if there is one", async () => {
    const files = loadFolder("assets/starter/snapshot");
    const advice = loadFolder("assets/starter").get("recommended.json")!;
    const { tokenizerFiles, recommended } = await read(
      new Map([...files, ["recommended.json", advice]]),
    );
    expect([...tokenizerFiles.keys()]).toEqual([
      "merges.txt",
      "special_tokens_map.json",
      "tokenizer_config.json",
      "vocab.json",
    ]);
    expect(recommended).toEqual({
      num_inference_steps: 30,
      guidance_scale: 3,
      width: 128,
      height: 128,
    });
  });
});

describe("reads the same UNet", () => {
  const whole = TINY_SD2.get(`${UNET}.fp16.safetensors`)!;
  const others = without(TINY_SD2, `${UNET}.fp16.safetensors`);

  test.each([
    ["in bfloat16", new Map([[`${UNET}.safetensors`, inBfloat16(whole)]]), "BF16"],
    ["in float32", new Map([[`${UNET}.safetensors`, inFloat32(whole)]]), "F32"],
    ["in three shards", inShards(whole, 3, { stem: UNET, variant: "", isOld: false }), "F16"],
    ["in fp16 shards", inShards(whole, 2, { stem: UNET, variant: ".fp16", isOld: false }), "F16"],
    ["in older shards", inShards(whole, 2, { stem: UNET, variant: ".fp16", isOld: true }), "F16"],
  ])("%s", async (_, unetFiles: FileMap, dtype) => {
    const reference = await read(TINY_SD2);
    const { unet } = await read(new Map([...others, ...unetFiles]));
    expect(shapesOf(unet.tensors)).toEqual(shapesOf(reference.unet.tensors));
    expect(new Set([...unet.tensors.values()].map((weight) => weight.dtype))).toEqual(
      new Set([dtype]),
    );
    expect(unet.files).toEqual([...unetFiles.keys()].filter((path) => !path.endsWith(".json")));
  });

  test("with mixed number types", async () => {
    const shards = inShards(whole, 2, { stem: UNET, variant: "", isOld: false });
    const [first] = shards.keys();
    shards.set(first!, inFloat32(shards.get(first!)!));
    const { unet } = await read(new Map([...others, ...shards]));
    expect(new Set([...unet.tensors.values()].map(({ dtype }) => dtype))).toEqual(
      new Set(["F32", "F16"]),
    );
    expect(countOf(unet.tensors)).toBe(countOf((await read(TINY_SD2)).unet.tensors));
  });

  test("in the variant that the device prefers", async () => {
    const both = new Map([...TINY_SD2, [`${UNET}.safetensors`, inFloat32(whole)]]);
    const variants = async (precision: Precision) => (await read(both, precision)).unet.variant;
    expect([await variants("float32"), await variants("float16")]).toEqual(["", "fp16"]);
  });
});
