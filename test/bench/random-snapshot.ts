import { createHash } from "node:crypto";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { STARTER } from "../../engine/drawing/read-model.ts";
import type { Weight } from "../../engine/graph/graph.ts";
import { textEncoder } from "../../engine/networks/text-encoder.ts";
import { unet } from "../../engine/networks/unet.ts";
import { vaeDecoder, vaeEncoder } from "../../engine/networks/vae.ts";
import type { ModelFiles } from "../../engine/runtime/model-on-device.ts";
import type { WeightFiles } from "../../engine/runtime/weight-files.ts";
import type { Weight as StoredWeight } from "../../engine/snapshot/weights.ts";
import { sizeOf } from "../../engine/tensor/tensor.ts";
import { SD2_TEXT_ENCODER, SD2_UNET, SD2_VAE } from "../fakes/sd2-configs.ts";

/** Written last. Each way of making the weights has its own name for it. */
const COMPLETE = "complete-3";

/** The tokenizer of Stable Diffusion 1 and 2. */
const TOKENIZER = new URL("../golden/clip-tokenizer", import.meta.url).pathname;

const SIZE = { batch: 1, height: 8, width: 8 };

/** AutoencoderKL's block types, which our config omits because there is only one kind. */
const VAE_BLOCKS = {
  down_block_types: Array.from({ length: 4 }, () => "DownEncoderBlock2D"),
  up_block_types: Array.from({ length: 4 }, () => "UpDecoderBlock2D"),
};

/**
 * The networks of Stable Diffusion 2 at full size with random float32 weights, 5.2 GB in diffusers layout (so that
 * peers read the same folder), with the other files of a snapshot; written if it does not exist yet.
 */
export function randomStableDiffusion2(folder: string): ModelFiles {
  const vae = new Map([...vaeDecoder(SD2_VAE, SIZE).weights, ...vaeEncoder(SD2_VAE, SIZE).weights]);
  const text = textEncoder(SD2_TEXT_ENCODER, { batch: 1, tokens: 77 }).weights;
  const network = (
    name: string,
    config: object,
    weights: ReadonlyMap<string, Weight>,
  ): WeightFiles => randomNetwork(join(folder, name), config, weights);
  const files = {
    unet: {
      config: SD2_UNET,
      weights: network("unet", SD2_UNET, unet(SD2_UNET, { ...SIZE, tokens: 77 }).weights),
    },
    textEncoder: {
      config: SD2_TEXT_ENCODER,
      tokens: 77,
      weights: network("text_encoder", SD2_TEXT_ENCODER, text),
    },
    vae: { config: SD2_VAE, weights: network("vae", { ...SD2_VAE, ...VAE_BLOCKS }, vae) },
  };
  for (const part of ["model_index.json", "scheduler"]) {
    cpSync(join(STARTER, part), join(folder, part), { recursive: true });
  }
  cpSync(TOKENIZER, join(folder, "tokenizer"), { recursive: true });
  writeFileSync(join(folder, COMPLETE), "");
  return files;
}

function randomNetwork(
  folder: string,
  config: object,
  weights: ReadonlyMap<string, Weight>,
): WeightFiles {
  const isText = folder.endsWith("text_encoder");
  const path = join(folder, isText ? "model.safetensors" : "diffusion_pytorch_model.safetensors");
  const header: Record<string, object> = {};
  // With the prefix that the hub's files have and stable-diffusion.cpp requires.
  const prefix = isText ? "text_model." : "";
  let end = 0;
  for (const { name, shape } of weights.values()) {
    header[`${prefix}${name}`] = {
      dtype: "F32",
      shape,
      data_offsets: [end, (end += 4 * sizeOf(shape))],
    };
  }
  const json = Buffer.from(JSON.stringify(header));
  if (!existsSync(join(folder, "..", COMPLETE)))
    writeNetwork(folder, { path, json, config, weights });
  const stored = new Map<string, StoredWeight>();
  let offset = 8 + json.length;
  for (const { name, shape } of weights.values()) {
    const lengthBytes = 4 * sizeOf(shape);
    stored.set(name, { file: realpathSync(path), offset, lengthBytes, dtype: "F32", shape });
    offset += lengthBytes;
  }
  return { network: basename(folder), weights: stored };
}

interface NetworkText {
  readonly path: string;
  readonly json: Buffer;
  readonly config: object;
  readonly weights: ReadonlyMap<string, Weight>;
}

function writeNetwork(folder: string, { path, json, config, weights }: NetworkText): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  // Renamed when it is complete: another run may have mapped the previous file.
  const file = openSync(`${path}.part`, "w");
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeSync(file, length);
  writeSync(file, json);
  for (const { name, shape } of weights.values()) writeTensor(file, name, shape);
  closeSync(file);
  renameSync(`${path}.part`, path);
}

const noise = Float32Array.from({ length: 1 << 20 }, whiteNoise(1));

/**
 * Weights whose activations neither vanish nor explode: norms around 1, the rest scaled by fan-in. Each tensor starts
 * at another place in the noise, so that no program can store equal ones once.
 */
function writeTensor(file: number, name: string, shape: readonly number[]): void {
  const isNorm = shape.length === 1 && /norm.*weight$/.test(name);
  const scale = shape.length === 1 ? 0.02 : 1 / Math.sqrt(sizeOf(shape) / shape[0]!);
  const first = createHash("sha256").update(name).digest().readUInt32LE() % noise.length;
  const valueAt = (i: number) => noise[(first + i) % noise.length]!;
  const block = noise.map((_, i) => (isNorm ? 1 : 0) + scale * valueAt(i));
  for (let rest = sizeOf(shape); rest > 0; rest -= block.length) {
    writeSync(file, new Uint8Array(block.buffer, 0, 4 * Math.min(rest, block.length)));
  }
}

/** Uniform noise of variance 1 from a seed (mulberry32). */
export function whiteNoise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296 - 0.5) * Math.sqrt(12);
  };
}
