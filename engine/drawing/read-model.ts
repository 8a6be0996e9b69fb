import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { StudioError } from "../contract/errors.ts";
import { MAX_SIDE } from "../contract/request.ts";
import { type ModelSummary, STARTER_ID } from "../contract/models.ts";
import { ownSchedulerName } from "../schedulers/plan-steps.ts";
import { readSchedulerConfig, type SchedulerConfig } from "../schedulers/config.ts";
import { textEncoder } from "../networks/text-encoder.ts";
import { unet } from "../networks/unet.ts";
import { vaeDecoder, vaeEncoder } from "../networks/vae.ts";
import { readSnapshot, type Snapshot } from "../snapshot/snapshot.ts";
import type { UNetConfig } from "../snapshot/unet-config.ts";
import type { VaeConfig } from "../snapshot/vae-config.ts";
import type { Precision } from "../tensor/precision.ts";
import { pickWeights, type Weights } from "../snapshot/weights.ts";
import { openSnapshotFolder, type SnapshotFolder } from "../store/snapshot-folder.ts";
import { createTokenizer, type Tokenizer } from "../tokenizer/tokenizer.ts";
import { readVocabulary } from "../tokenizer/vocabulary.ts";

/** The model that ships with the studio. */
export const STARTER = fileURLToPath(new URL("../../assets/starter/snapshot", import.meta.url));

/**
 * Defaults if a snapshot gives none: those of StableDiffusionPipeline.__call__, those of LatentConsistencyModelPipeline
 * if the UNet takes the guidance scale, and for other distilled models the values in diffusers' documentation.
 */
const DEFAULTS = { num_inference_steps: 50, guidance_scale: 7.5 };
const CONSISTENCY_DEFAULTS = { num_inference_steps: 4, guidance_scale: 8.5 };
const DISTILLED_DEFAULTS = { num_inference_steps: 4, guidance_scale: 1 };

/** Schedulers that only work well with models distilled for them. */
const DISTILLED_CLASSES: ReadonlySet<string> = new Set(["LCMScheduler", "TCDScheduler"]);
const TURBO_CLASSES: ReadonlySet<string> = new Set([
  "DDIMScheduler",
  "EulerDiscreteScheduler",
  "EulerAncestralDiscreteScheduler",
]);
/** block_out_channels of the UNets of Stable Diffusion 1 and 2. */
const FULL_CHANNELS = "320,640,1280,1280";
/** If a model's recommended number of steps is at most this, it is a distilled model. */
const FEW_STEPS = 8;

/** The weights that the three networks use, without whatever else their files contain. */
export interface UsedWeights {
  readonly textEncoder: Weights;
  readonly unet: Weights;
  readonly vae: Weights;
}

/** A snapshot in its folder: read, but not loaded. */
export interface ReadModel {
  readonly folder: SnapshotFolder;
  readonly snapshot: Snapshot;
  readonly weights: UsedWeights;
  readonly tokenizer: Tokenizer;
  readonly schedulerConfig: SchedulerConfig;
  readonly summary: ModelSummary;
}

/** Enough models for switching back and forth. */
const KEPT = 8;
const kept = new Map<string, ReadModel>();

/**
 * Reads the model in `path` with the weights that suit a device of `precision`. The result is cached while the folder's
 * identity is unchanged, so this can be called before every picture and at every key press: it looks at about twenty
 * files and opens none. What is derived from a model (sessions, plans) is to be cached by `folder.identity`, never by
 * path or id.
 */
export async function readModel(path: string, precision: Precision): Promise<ReadModel> {
  const folder = await openSnapshotFolder(path);
  const key = `${precision} ${folder.identity}`;
  const model = kept.get(key) ?? (await readFrom(folder, precision));
  kept.delete(key);
  kept.set(key, model);
  const [oldest] = kept.keys();
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest);
  return model;
}

async function readFrom(folder: SnapshotFolder, precision: Precision): Promise<ReadModel> {
  const snapshot = await readSnapshot(folder, precision);
  const { vocab_size: rows, max_position_embeddings: positions } = snapshot.textEncoder.config;
  const tokenizer = createTokenizer(readVocabulary(snapshot.tokenizerFiles), { rows, positions });
  const schedulerConfig = readSchedulerConfig(snapshot.schedulerConfig, snapshot.schedulerClass);
  const weights = usedWeights(snapshot);
  const read = { folder, snapshot, weights, tokenizer, schedulerConfig };
  return { ...read, summary: summarize(read) };
}

/** Any size works: weights do not depend on it. */
const SIZE = { batch: 1, height: 256, width: 256 };

/**
 * Selects the tensors that the networks need from a snapshot's. Refuses, before anything is loaded, what is missing
 * (WEIGHT_MISSING), has another shape than the config says (WEIGHT_MISMATCH) or has an unsupported number type
 * (SNAPSHOT_UNSUPPORTED).
 */
function usedWeights(snapshot: Snapshot): UsedWeights {
  const { textEncoder: text, unet: noise, vae } = snapshot;
  const asked = {
    text: textEncoder(text.config, { batch: 1, tokens: 1 }).weights.values(),
    unet: unet(noise.config, { ...SIZE, tokens: 1 }).weights.values(),
    vae: [vaeDecoder(vae.config, SIZE), vaeEncoder(vae.config, SIZE)].flatMap(({ weights }) => [
      ...weights.values(),
    ]),
  };
  return {
    textEncoder: pickWeights(text.tensors, asked.text, "text encoder"),
    unet: pickWeights(noise.tensors, asked.unet, "UNet"),
    vae: pickWeights(vae.tensors, asked.vae, "VAE"),
  };
}

function summarize(read: Omit<ReadModel, "summary">): ModelSummary {
  const { snapshot, weights, schedulerConfig } = read;
  const folder = read.folder.path;
  const own = snapshot.recommended ?? { ...defaultsOf(read), ...trainedSize(snapshot) };
  const isDistilled = defaultsOf(read) !== DEFAULTS || own.num_inference_steps <= FEW_STEPS;
  const isStarter = folder === STARTER;
  return {
    name: modelName(folder),
    folder,
    isStarter,
    description: isStarter
      ? "A small drawing model built into Darkroom (128x128 pixels); it is not Stable Diffusion 2."
      : describeModel(snapshot.unet.config, isDistilled),
    predictionType: schedulerConfig.settings.prediction_type ?? "epsilon",
    scheduler: ownSchedulerName(schedulerConfig),
    width: own.width,
    height: own.height,
    steps: own.num_inference_steps,
    guidanceScale: own.guidance_scale,
    isDistilled,
    ...sizeOf(weights),
  };
}

function defaultsOf({ snapshot, schedulerConfig }: Omit<ReadModel, "summary">): typeof DEFAULTS {
  return usualSettings(snapshot.unet.config, isDistilledFor(schedulerConfig));
}

/** The steps and guidance scale for a model that recommends none. */
export function usualSettings(
  { time_cond_proj_dim: guidanceWidth }: Pick<UNetConfig, "time_cond_proj_dim">,
  isDistilled: boolean,
): typeof DEFAULTS {
  if (guidanceWidth !== null) return CONSISTENCY_DEFAULTS;
  return isDistilled ? DISTILLED_DEFAULTS : DEFAULTS;
}

/**
 * Euler over trailing timesteps is what SD-Turbo ships with, DDIM over trailing ones what Hyper-SD uses. Models with
 * zero terminal SNR use trailing timesteps for another reason.
 */
function isDistilledFor({ className, settings }: SchedulerConfig): boolean {
  if (DISTILLED_CLASSES.has(className)) return true;
  const isTrailing = settings.timestep_spacing === "trailing" && !settings.rescale_betas_zero_snr;
  return isTrailing && TURBO_CLASSES.has(className);
}

/** Pixels per latent along each side. */
export function pixelsPerLatent({
  vae,
}: {
  readonly vae: { readonly config: Pick<VaeConfig, "block_out_channels"> };
}): number {
  return 2 ** (vae.config.block_out_channels.length - 1);
}

/** Height and width in pixels that the UNet was trained on, limited to what we can draw. */
function trainedSize(snapshot: Snapshot): { height: number; width: number } {
  const { sample_size: latents } = snapshot.unet.config;
  const [height = 0, width = 0] = latents.map((side) => side * pixelsPerLatent(snapshot));
  if (Math.max(height, width) <= MAX_SIDE) return { height, width };
  const reason = `sample_size ${latents.join("x")} makes pictures of ${width}x${height} pixels, and the limit is ${MAX_SIDE} a side`;
  throw new StudioError("CONFIG_INVALID", { file: "unet/config.json", reason });
}

/** The folder's name; for a folder called `snapshot`, or a revision in the hub's cache, that of the folder above. */
export function modelName(folder: string): string {
  if (folder === STARTER) return STARTER_ID;
  const [, owner, model] = /models--([^/\\]+?)--([^/\\]+)/.exec(folder) ?? [];
  if (owner !== undefined && model !== undefined) return `${owner}/${model}`;
  return basename(basename(folder) === "snapshot" ? dirname(folder) : folder);
}

/** A description of a model in one sentence, derived from its UNet. */
export function describeModel(config: UNetConfig, isDistilled: boolean): string {
  const family = config.use_linear_projection ? "Stable Diffusion 2" : "Stable Diffusion 1";
  const { block_out_channels: channels, layers_per_block: layers, mid_block_type: middle } = config;
  if (!FULL_CHANNELS.startsWith(channels.join())) {
    return `A small model of the ${family} architecture.`;
  }
  // BK-SDM and similar models leave out blocks of the full UNet.
  const isCompressed =
    channels.join() !== FULL_CHANNELS ||
    middle !== "UNetMidBlock2DCrossAttn" ||
    layers.some((count) => count < 2);
  const smaller = isCompressed ? ", with a smaller UNet" : "";
  const distilled = isDistilled ? ", distilled to few steps" : "";
  return `A model of the ${family} family${smaller}${distilled}.`;
}

function sizeOf({
  textEncoder,
  unet,
  vae,
}: UsedWeights): Pick<
  ModelSummary,
  "parameters" | "unetParameters" | "vaeParameters" | "sizeBytes"
> {
  const networks = [textEncoder, unet, vae];
  const [, unetParameters = 0, vaeParameters = 0] = networks.map(parametersOf);
  return {
    parameters: sum(networks.map(parametersOf)),
    unetParameters,
    vaeParameters,
    sizeBytes: sum(networks.flatMap((weights) => [...weights.values()].map(bytesOf))),
  };
}

function parametersOf(weights: Weights): number {
  const shapes = [...weights.values()].map(({ shape }) => shape);
  return sum(shapes.map((shape) => shape.reduce((size, dimension) => size * dimension, 1)));
}

function bytesOf({ lengthBytes }: { readonly lengthBytes: number }): number {
  return lengthBytes;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
