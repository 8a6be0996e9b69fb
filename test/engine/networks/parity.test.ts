import { expect, test } from "vitest";
import { guidanceEmbedding } from "../../../engine/pipeline/guidance.ts";
import { channelsLastLowering } from "../../../engine/graph/lowerings/channels-last-lowering.ts";
import { cudaLowering } from "../../../engine/graph/lowerings/cuda-lowering.ts";
import { portableLowering } from "../../../engine/graph/lowerings/portable-lowering.ts";
import { type Device, int8Device } from "../../../engine/runtime/device.ts";
import type { LoadedModel } from "../../../engine/drawing/load-model.ts";
import { expanded } from "../../fakes/expand-cuda-operators.ts";
import { loadFolder, saveFolder } from "../../fakes/memory-snapshot.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { saveModel, type ChangedName } from "../../golden/changed-models.ts";
import { inBfloat16, inFloat32, inShards } from "../../fixtures/rewrites.ts";
import {
  CPU,
  load,
  readTensors,
  REFERENCES,
  relativeError,
  snapshotFolder,
  type ReferenceName,
} from "../../golden/reference.ts";

const names = Object.keys(REFERENCES) as ReferenceName[];
const onPortable = (precision: "float32" | "float16"): Device => ({
  provider: "cpu",
  lowering: portableLowering(precision),
  textLowering: portableLowering(precision),
  vaeLowering: portableLowering("float32"),
  splitsOnce: false,
});

const waves = (...shape: number[]) => ({
  shape,
  data: Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => Math.sin(i)),
});

/** The UNet's cases: square, tall and wide, the wide one in a batch of two. */
const ALL = [0, 1, 2];
const WIDE = [2];

/** Relative errors of all three networks compared with diffusers. */
async function errorsOf(
  { parts: { networks } }: LoadedModel,
  expected: string,
  cases = ALL,
): Promise<Record<string, number>> {
  const errors: Record<string, number> = {};
  const text = readTensors(`${expected}/expected/text-encoder.safetensors`);
  const { shape, data } = text["input_ids"]!;
  const { last_hidden_state } = await networks
    .textEncoder(shape[0]!)
    .run({ input_ids: { shape, data: Int32Array.from(data) } });
  errors["text"] = relativeError(
    last_hidden_state!.data as Float32Array,
    text["last_hidden_state"]!.data,
  );
  const unet = readTensors(`${expected}/expected/unet.safetensors`);
  for (const i of cases) {
    const sample = unet[`${i}.sample`]!;
    const [batch = 0, , height = 0, width = 0] = sample.shape;
    const timestep = { shape: [1], data: unet[`${i}.timestep`]!.data };
    const inputs = { sample, timestep, encoder_hidden_states: unet[`${i}.encoder_hidden_states`]! };
    const { out_sample } = await networks.unet({ batch, height, width }).run(inputs);
    errors[`unet ${i}`] = relativeError(out_sample!.data as Float32Array, unet[`${i}.out`]!.data);
  }
  const vae = readTensors(`${expected}/expected/vae.safetensors`);
  const [latents, image] = [vae["latents"]!, vae["image"]!];
  const sizeOf = ([batch = 0, , height = 0, width = 0]: readonly number[]) => ({
    batch,
    height,
    width,
  });
  const { decoded } = await networks.vaeDecoder(sizeOf(latents.shape)).run({ latents });
  errors["decode"] = relativeError(decoded!.data as Float32Array, vae["decoded"]!.data);
  const { moments } = await networks.vaeEncoder(sizeOf(image.shape)).run({ image });
  errors["encode"] = relativeError(moments!.data as Float32Array, vae["moments"]!.data);
  return errors;
}

function expectWithin(
  errors: Record<string, number>,
  bounds: { text: number; rest: number },
): void {
  const over = Object.entries(errors).filter(
    ([what, error]) => !(error <= (what === "text" ? bounds.text : bounds.rest)),
  );
  expect(over).toEqual([]);
}

/** 1e-4 and 1e-3 are required; float32 reaches 3e-6. */
const FLOAT32 = { text: 1e-5, rest: 1e-5 };

test.each(names)("%s equals diffusers with weights mapped", async (name) => {
  using reference = await load(snapshotFolder(name), CPU, { weights: "mapped" });
  const cases = name === "tiny-sd2-hub" ? WIDE : ALL;
  expectWithin(await errorsOf(reference.loaded, REFERENCES[name], cases), FLOAT32);
});

// test/slow/pictures.test.ts checks the other references, picture by picture.
test("tiny-sd2-v equals diffusers with weights prepacked", async () => {
  using reference = await load(snapshotFolder("tiny-sd2-v"), CPU, { weights: "prepacked" });
  expectWithin(await errorsOf(reference.loaded, "tiny-sd2-v", WIDE), FLOAT32);
});

test.each(["tiny-sd1-eps", "tiny-sd2-v", "tiny-sd21-v"] as const)(
  "%s equals diffusers with its channels last in all networks, with Winograd if possible",
  async (name) => {
    const lowering = channelsLastLowering({ bandFloats: 2 ** 14, fewestPixels: 1 });
    const device = { ...CPU, lowering, vaeLowering: lowering };
    using reference = await load(snapshotFolder(name), device);
    expectWithin(await errorsOf(reference.loaded, REFERENCES[name], WIDE), FLOAT32);
  },
);

test("a VAE computed in the smallest bands equals diffusers", async () => {
  using reference = await load(snapshotFolder("tiny-sd2-v"), {
    ...CPU,
    vaeLowering: channelsLastLowering({ bandFloats: 1, fewestPixels: 1 }),
  });
  expectWithin(await errorsOf(reference.loaded, "tiny-sd2-v", WIDE), FLOAT32);
});

// tiny-sd2-hub is tiny-sd2-v with other names of files and weights, so the graph is the same.
test.each(["tiny-sd1-eps", "tiny-sd2-v", "tiny-sd21-v"] as const)(
  "%s equals diffusers as the portable graph, in float32 and nearly in half floats",
  async (name) => {
    using whole = await load(snapshotFolder(name), onPortable("float32"));
    expectWithin(await errorsOf(whole.loaded, REFERENCES[name], WIDE), FLOAT32);
    using half = await load(snapshotFolder(name), onPortable("float16"));
    expectWithin(await errorsOf(half.loaded, REFERENCES[name], WIDE), { text: 5e-3, rest: 1e-2 });
  },
);

test.each(["tiny-sd1-eps", "tiny-sd2-v", "tiny-sd21-v"] as const)(
  "%s equals diffusers as CUDA's graph, with its fused operators written out",
  async (name) => {
    const device = { ...onPortable("float32"), lowering: expanded(cudaLowering("float32")) };
    using reference = await load(snapshotFolder(name), device);
    expectWithin(await errorsOf(reference.loaded, REFERENCES[name], WIDE), FLOAT32);
  },
);

test("sharded weights give the same, and bfloat16 the same as its rounded values in float32", async () => {
  const files = loadFolder(snapshotFolder("tiny-sd1-eps"));
  const unet = "unet/diffusion_pytorch_model.safetensors";
  const sharded = new Map(files);
  sharded.delete(unet);
  const names = { stem: "unet/diffusion_pytorch_model", variant: "", isOld: false };
  for (const [file, bytes] of inShards(files.get(unet)!, 3, names)) sharded.set(file, bytes);
  const folder = temporaryFolder();
  saveFolder(folder, sharded);
  using shards = await load(folder);
  expectWithin(await errorsOf(shards.loaded, "tiny-sd1-eps", WIDE), FLOAT32);

  const sample = {
    shape: [1, 4, 8, 8],
    data: Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)),
  };
  const inputs = {
    sample,
    timestep: { shape: [1], data: Float32Array.of(500) },
    encoder_hidden_states: {
      shape: [1, 77, 48],
      data: Float32Array.from({ length: 77 * 48 }, (_, i) => Math.cos(i)),
    },
  };
  const outputs: Float32Array[] = [];
  const rounded = inBfloat16(files.get(unet)!);
  for (const bytes of [rounded, inFloat32(rounded)]) {
    const place = temporaryFolder();
    saveFolder(place, new Map(files).set(unet, bytes));
    using one = await load(place);
    const { out_sample } = await one.loaded.parts.networks
      .unet({ batch: 1, height: 8, width: 8 })
      .run(inputs);
    outputs.push(out_sample!.data as Float32Array);
  }
  expect(relativeError(outputs[0]!, outputs[1]!)).toBeLessThan(1e-6);
});

test.each([
  ["on the CPU", CPU],
  ["in whole numbers", int8Device({ isExact: true })],
  ["as the portable graph", onPortable("float32")],
])("one sample with two texts gives the same as two samples, %s", async (_, device) => {
  using one = await load(snapshotFolder("tiny-sd2-v"), device);
  const { networks } = one.loaded.parts;
  const timestep = { shape: [1], data: Float32Array.of(500) };
  const encoder_hidden_states = waves(2, 77, 64);
  const sample = waves(1, 4, 8, 8);
  const twice = { shape: [2, 4, 8, 8], data: Float32Array.of(...sample.data, ...sample.data) };
  const size = { batch: 2, height: 8, width: 8 };
  const shared = await networks
    .unet({ ...size, samples: 1 })
    .run({ sample, timestep, encoder_hidden_states });
  const apart = await networks.unet(size).run({ sample: twice, timestep, encoder_hidden_states });
  expect(shared["out_sample"]!.shape).toEqual([2, 4, 8, 8]);
  const [a, b] = [shared, apart].map(({ out_sample }) => out_sample!.data as Float32Array);
  expect(relativeError(a!, b!)).toBeLessThan(1e-6);
  expect(relativeError(a!.subarray(0, 256), a!.subarray(256))).toBeGreaterThan(1e-3);
});

const UNETS = readTensors("models/unets.safetensors");

test.each(Object.keys(UNETS) as ChangedName[])("the UNet of %s equals diffusers", async (name) => {
  const folder = temporaryFolder();
  saveModel(name, folder);
  using changed = await load(folder);
  const { config } = changed.model.snapshot.unet;
  const width = config.time_cond_proj_dim;
  const unet = changed.loaded.parts.networks.unet({ batch: 1, height: 16, width: 8 });
  const { out_sample } = await unet.run({
    sample: waves(1, 4, 16, 8),
    timestep: { shape: [1], data: Float32Array.of(500) },
    encoder_hidden_states: waves(1, 77, config.cross_attention_dim),
    ...(width !== null && { timestep_cond: guidanceEmbedding(8, width) }),
  });
  const error = relativeError(out_sample!.data as Float32Array, UNETS[name]!.data);
  expect(error).toBeLessThan(1e-5);
});

test.each([
  ["on the CPU", CPU],
  ["as the portable graph in halves", onPortable("float16")],
])("the last layer on the others' results gives the same as all layers, %s", async (_, device) => {
  using one = await load(snapshotFolder("tiny-sd2-v"), device);
  const inputs = {
    sample: waves(1, 4, 8, 8),
    timestep: { shape: [1], data: Float32Array.of(500) },
    encoder_hidden_states: waves(2, 77, 64),
  };
  const run = async (of: object, isReused: boolean, sample = inputs.sample) => {
    const size = { batch: 2, samples: 1, height: 8, width: 8 } as const;
    const unet = one.loaded.parts.networks.unet({ ...size, reuse: { of, row: 0, isReused } });
    const { out_sample } = await unet.run({ ...inputs, sample });
    return out_sample!.data as Float32Array;
  };
  const [mine, other] = [{}, {}];
  const whole = await run(mine, false);
  expect(relativeError(await run(mine, true), whole)).toBeLessThan(device === CPU ? 1e-6 : 1e-2);
  // Another sample affects only the last layer; a run without kept results runs everything.
  const changed = { shape: [1, 4, 8, 8], data: inputs.sample.data.map((x) => -x) };
  const reused = await run(mine, true, changed);
  expect(relativeError(reused, whole)).toBeGreaterThan(1e-3);
  expect(relativeError(await run(other, true, changed), reused)).toBeGreaterThan(1e-3);
});

test("a UNet that takes the guidance scale gives nearly the same in half floats", async () => {
  const folder = temporaryFolder();
  saveModel("latent-consistency", folder);
  const inputs = {
    sample: waves(1, 4, 8, 8),
    timestep: { shape: [1], data: Float32Array.of(500) },
    encoder_hidden_states: waves(1, 77, 64),
  };
  const results: Float32Array[] = [];
  for (const [device, scale] of [
    [CPU, 8],
    [onPortable("float16"), 8],
    [CPU, 1],
  ] as const) {
    using one = await load(folder, device);
    const timestep_cond = guidanceEmbedding(scale, 256);
    const { networks } = one.loaded.parts;
    const unet = networks.unet({ batch: 1, height: 8, width: 8 });
    const { out_sample } = await unet.run({ ...inputs, timestep_cond });
    results.push(out_sample!.data as Float32Array);
  }
  expect(relativeError(results[1]!, results[0]!)).toBeLessThan(1e-2);
  expect(relativeError(results[2]!, results[0]!)).toBeGreaterThan(1e-2);
});

test.each<[ChangedName, number]>([
  ["text-attention-mask", 77],
  ["text-encoder-248-reading-77", 77],
  ["text-encoder-20", 20],
])("%s gives nearly the same in half floats", async (name, tokens) => {
  const folder = temporaryFolder();
  saveModel(name, folder);
  const shape = [2, tokens];
  const ids = Int32Array.from({ length: 2 * tokens }, (_, i) => i + 300);
  const seen = Float32Array.from(ids, (_, i) => (i % tokens < 9 ? 1 : 0));
  const hidden: Float32Array[] = [];
  for (const device of [CPU, onPortable("float16")]) {
    using one = await load(folder, device);
    const masked = one.model.snapshot.textEncoder.config.use_attention_mask;
    const { last_hidden_state } = await one.loaded.parts.networks.textEncoder(2).run({
      input_ids: { shape, data: ids },
      ...(masked && { attention_mask: { shape, data: seen } }),
    });
    hidden.push(last_hidden_state!.data as Float32Array);
  }
  expect(relativeError(hidden[1]!, hidden[0]!)).toBeLessThan(5e-3);
});
