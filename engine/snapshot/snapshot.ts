import type { Precision } from "../tensor/precision.ts";
import { StudioError } from "../contract/errors.ts";
import { MAX_SIDE } from "../contract/request.ts";
import { ConfigReader } from "./config-reader.ts";
import { listSnapshot, namesIn, readObject, readText } from "./files.ts";
import type { Listing, SnapshotFiles } from "./files.ts";
import type { JsonObject } from "./json.ts";
import { readModelIndex, type ModelIndex } from "./model-index.ts";
import { readTextEncoderConfig, type TextEncoderConfig } from "./text-encoder-config.ts";
import { readUNetConfig, type UNetConfig } from "./unet-config.ts";
import { readVaeConfig, type TinyVaeConfig, type VaeConfig } from "./vae-config.ts";
import { chooseWeightFiles, type WeightFiles, type WeightPlace } from "./weight-files.ts";
import type { NetworkName } from "./weight-names.ts";
import { findTensors, type FoundTensors } from "./weights.ts";

/** The model author's recommendations, recommended.json; the keys are diffusers' argument names. */
export interface Recommended {
  readonly num_inference_steps: number;
  readonly guidance_scale: number;
  readonly width: number;
  readonly height: number;
}

/** A diffusers folder that was read and validated, without the weights' values. */
export interface Snapshot {
  readonly pipelineClass: string;
  readonly textEncoder: SnapshotNetwork<TextEncoderConfig>;
  readonly unet: SnapshotNetwork<UNetConfig>;
  readonly vae: SnapshotNetwork<VaeConfig>;
  /** The scheduler's class in model_index.json; absent where it names none. */
  readonly schedulerClass: string | undefined;
  /** scheduler_config.json unchanged: each scheduler reads its own keys. */
  readonly schedulerConfig: JsonObject;
  /** The text of the tokenizer's .json and .txt files by name; tokenizer/ parses them. */
  readonly tokenizerFiles: ReadonlyMap<string, string>;
  readonly recommended: Recommended | undefined;
}

export interface SnapshotNetwork<Config> {
  readonly config: Config;
  /** All tensors in its files; those that the network needs are selected later. */
  readonly tensors: FoundTensors;
  /** The variant that the weights were taken from; "" is the unnamed one. */
  readonly variant: string;
  /** The weight files' paths in the snapshot. */
  readonly files: readonly string[];
}

/**
 * Reads a snapshot with the variant of each network's weights that suits `precision` best. Every problem is reported as
 * a StudioError; feature_extractor, safety_checker and the like are ignored.
 */
export async function readSnapshot(files: SnapshotFiles, precision: Precision): Promise<Snapshot> {
  const listing = await listSnapshot(files);
  const { index, textEncoder, unet, vae } = await readConfigs(listing);
  const read = { listing, precision };
  return {
    pipelineClass: index.pipeline,
    textEncoder: await readNetwork(read, TEXT_ENCODER, textEncoder),
    unet: await readNetwork(read, UNET, unet),
    vae: await readNetwork(read, VAE, vae),
    schedulerClass: index.scheduler,
    schedulerConfig: await readObject(listing, "scheduler/scheduler_config.json"),
    tokenizerFiles: await readTokenizerFiles(listing),
    recommended: await readRecommendation(listing),
  };
}

/** What decides whether we can draw with a snapshot, even before its weights are there. */
interface Configs {
  readonly index: ModelIndex;
  readonly textEncoder: TextEncoderConfig;
  readonly unet: UNetConfig;
  readonly vae: VaeConfig;
}

/** Reads model_index.json and the networks' configs; refuses what we cannot draw with. */
export async function readConfigs(listing: Listing): Promise<Configs> {
  const configs: Configs = {
    index: await readModelIndex(listing),
    textEncoder: await readConfig(listing, TEXT_ENCODER),
    unet: await readConfig(listing, UNET),
    vae: await readConfig(listing, VAE),
  };
  checkFit(configs);
  return configs;
}

interface NetworkKind<Config> extends WeightPlace {
  readonly name: NetworkName;
  readonly readConfig: (json: JsonObject, file: string) => Config;
}

const TEXT_ENCODER: NetworkKind<TextEncoderConfig> = {
  name: "text encoder",
  folder: "text_encoder",
  stem: "model",
  readConfig: readTextEncoderConfig,
};
const UNET: NetworkKind<UNetConfig> = {
  name: "UNet",
  folder: "unet",
  stem: "diffusion_pytorch_model",
  readConfig: readUNetConfig,
};
const VAE: NetworkKind<VaeConfig> = {
  name: "VAE",
  folder: "vae",
  stem: "diffusion_pytorch_model",
  readConfig: readVaeConfig,
};

/** A tiny autoencoder in a folder of its own: config.json and its weights. Refuses any other class. */
export async function readTinyVae(files: SnapshotFiles): Promise<SnapshotNetwork<TinyVaeConfig>> {
  const listing = await listSnapshot(files);
  const config = await readTinyVaeConfig(listing);
  return readNetwork({ listing, precision: "float32" }, TINY_VAE, config);
}

/** The files that make up a tiny autoencoder. */
export async function tinyVaeFiles(listing: Listing): Promise<WeightFiles> {
  const { variant, paths } = await chooseWeightFiles(listing, TINY_VAE, "float32");
  return { variant, paths: ["config.json", ...paths] };
}

/** Its config, for when its weights are not there yet. */
export async function readTinyVaeConfig(listing: Listing): Promise<TinyVaeConfig> {
  const file = "config.json";
  const config = readVaeConfig(await readObject(listing, file), file);
  if (config.kind === "AutoencoderTiny") return config;
  const what = "The tiny decoder's _class_name";
  throw new StudioError("SNAPSHOT_UNSUPPORTED", { what, found: config.kind });
}

const TINY_VAE = { name: VAE.name, folder: "", stem: VAE.stem } as const;

async function readConfig<Config>(listing: Listing, kind: NetworkKind<Config>): Promise<Config> {
  const file = `${kind.folder}/config.json`;
  return kind.readConfig(await readObject(listing, file), file);
}

async function readNetwork<Config>(
  { listing, precision }: { readonly listing: Listing; readonly precision: Precision },
  kind: WeightPlace & { readonly name: NetworkName },
  config: Config,
): Promise<SnapshotNetwork<Config>> {
  const { variant, paths } = await chooseWeightFiles(listing, kind, precision);
  const tensors = await findTensors(listing, paths, kind.name);
  return { config, tensors, variant, files: paths };
}

async function readTokenizerFiles(listing: Listing): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const name of namesIn(listing, "tokenizer").filter((name) => /\.(json|txt)$/.test(name))) {
    texts.set(name, await readText(listing, `tokenizer/${name}`));
  }
  const missing = texts.has("tokenizer.json")
    ? undefined
    : ["vocab.json", "merges.txt"].find((name) => !texts.has(name));
  if (missing === undefined) return texts;
  throw new StudioError("SNAPSHOT_INCOMPLETE", { file: `tokenizer/${missing}` });
}

async function readRecommendation(listing: Listing): Promise<Recommended | undefined> {
  const file = "recommended.json";
  if (!listing.sizes.has(file)) return undefined;
  return readRecommended(await readObject(listing, file), file);
}

/** All four keys are required. */
function readRecommended(json: JsonObject, file: string): Recommended {
  const read = new ConfigReader(json, file, "The recommendation");
  return {
    num_inference_steps: read.integer("num_inference_steps", undefined, { min: 1, max: 1_000 }),
    guidance_scale: read.number("guidance_scale", undefined, { min: 0, max: 100 }),
    width: pixels(read, "width"),
    height: pixels(read, "height"),
  };
}

function pixels(read: ConfigReader, key: string): number {
  const size = read.integer(key, undefined, { min: 8, max: MAX_SIDE });
  read.demand(size % 8 === 0, `${key} is ${size}, which is not a multiple of 8`);
  return size;
}

/** UNets that take more than latents, by their number of input channels. */
const OTHER_INPUTS: Readonly<Record<number, string>> = {
  5: "it draws from a depth map",
  7: "it upscales",
  8: "it edits by instruction",
  9: "it fills in masked parts",
};

/** Checks that each network produces what the next one takes. */
function checkFit({ textEncoder, unet, vae }: Configs): void {
  const { hidden_size: width } = textEncoder;
  const { latent_channels: latents } = vae;
  const { cross_attention_dim: taken, in_channels: input, out_channels: output } = unet;
  const task = OTHER_INPUTS[input];
  if (input !== latents && task !== undefined) {
    const found = `${input} (${task})`;
    throw new StudioError("SNAPSHOT_UNSUPPORTED", { what: "The UNet's in_channels", found });
  }
  demandEqual("cross_attention_dim", taken, { what: "the text encoder's hidden_size", is: width });
  const channels = { what: "the VAE's latent_channels", is: latents };
  demandEqual("in_channels", input, channels);
  demandEqual("out_channels", output, channels);
}

function demandEqual(
  key: string,
  value: number,
  other: { readonly what: string; readonly is: number },
): void {
  if (value === other.is) return;
  const reason = `${key} is ${value}, but ${other.what} is ${other.is}`;
  throw new StudioError("CONFIG_INVALID", { file: "unet/config.json", reason });
}
