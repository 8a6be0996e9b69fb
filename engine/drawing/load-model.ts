import type { Order } from "../contract/order.ts";
import { createGenerator } from "../tensor/noise.ts";
import { promptEncoder } from "../pipeline/encode-prompt.ts";
import type { PipelineParts, Run, TinyDecoder } from "../pipeline/pipeline.ts";
import { ModelOnDevice, type ModelOptions } from "../runtime/model-on-device.ts";
import { quantizationOf } from "../runtime/unet-parts.ts";
import { int8Device, type Device } from "../runtime/device.ts";
import type { Supervisor } from "../runtime/supervisor.ts";
import type { WeightFiles } from "../runtime/weight-files.ts";
import type { Weights } from "../snapshot/weights.ts";
import { isShort, keepsLinears, usableMemory } from "../store/fit.ts";
import { fingerprintOf } from "../store/fingerprint.ts";
import {
  areQuantized,
  float32Weights,
  locateWeights,
  quantizedWeights,
} from "../store/located-weights.ts";
import type { CopyOptions, CopyProgress } from "../store/make-copy.ts";
import { pixelsPerLatent, type ReadModel } from "./read-model.ts";
import type { TinyDecoderFiles } from "./tiny-decoder.ts";

/** A model that is ready to draw on one device. */
export interface LoadedModel {
  readonly parts: PipelineParts;
  /** A quickly computed hash that identifies its weights, hexadecimal. */
  readonly fingerprint: string;
  readonly sessions: ModelOnDevice;
  /** A tiny decoder for previews; absent if the model has none. */
  readonly previewDecoder?: TinyDecoder | undefined;
}

export interface LoadOptions extends ModelOptions {
  readonly device: Device;
  readonly supervisor: Supervisor;
  readonly cacheFolder: string;
  /** A tiny autoencoder for the model's latents. */
  readonly tinyDecoder?: TinyDecoderFiles | undefined;
  /** Memory that may be used; the machine's by default. */
  readonly memoryBytes?: number | undefined;
  /** Called while weights are converted for the CPU, once per model. */
  readonly onPreparing: (progress: Preparation) => void;
  /** Called with a sentence about int8 weights that came with the model. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Preparation extends CopyProgress {
  readonly network: string;
}

/**
 * Half-precision networks larger than this get a float32 copy on disk for the CPU; smaller ones are converted in memory
 * at every load, which takes less than a second.
 */
const COPY_BEYOND_BYTES = 2e8;

/** Prepares a model. No session is created yet: that happens at the first run. */
export async function loadModel(model: ReadModel, options: LoadOptions): Promise<LoadedModel> {
  const { folder, snapshot, weights, tokenizer } = model;
  const { tinyDecoder } = options;
  const { textEncoder, unet, vae } = snapshot;
  const placed = (network: string, weights: Weights): Promise<WeightFiles> =>
    placeWeights(model, { network, weights }, options);
  const files = {
    textEncoder: {
      config: textEncoder.config,
      tokens: tokenizer.length,
      weights: await placed("text encoder", weights.textEncoder),
    },
    unet: { config: unet.config, weights: await placeUNet(model, options) },
    vae: { config: vae.config, weights: await placed("VAE", weights.vae) },
    tinyVae: tinyDecoder && {
      config: tinyDecoder.config,
      weights: { network: "tiny decoder", weights: tinyDecoder.weights },
    },
  };
  const tiny = (name: Parameters<ModelOnDevice["tinyDecoder"]>[0]): TinyDecoder | undefined =>
    tinyDecoder && {
      scalingFactor: tinyDecoder.config.scaling_factor,
      session: (size) => sessions.tinyDecoder(name, size),
    };
  const { provider } = options.device;
  const sessions = new ModelOnDevice(files, options.device, options.supervisor, options);
  const { quantizing } = options.device;
  const precision = quantizing === undefined ? "float32" : "int8";
  const place = { provider, memoryBytes: options.memoryBytes ?? usableMemory() };
  const isTight = ({ width, height, cacheInterval }: Run): boolean =>
    isShort(
      model.summary,
      { width, height, precision, keepsLinears: quantizing?.keepsLinears, cacheInterval },
      place,
    );
  const parts: PipelineParts = {
    networks: sessions,
    encodePrompt: promptEncoder(sessions, tokenizer, {
      masksPadding: textEncoder.config.use_attention_mask,
    }),
    latents: {
      channels: vae.config.latent_channels,
      factor: pixelsPerLatent(snapshot),
      scalingFactor: vae.config.scaling_factor,
    },
    tinyDecoder: tiny("tiny decoder"),
    // On a CPU two runs take as long as a batch of two, and a run that is guided only in part then needs one session.
    guidesApart: (run) =>
      provider === "cpu" && (run.guidanceInterval !== undefined || isTight(run)),
    noise: createGenerator,
  };
  const used = [textEncoder, unet, vae].flatMap((part) => part.files);
  const fingerprint = await fingerprintOf(folder, used);
  return { parts, fingerprint, sessions, previewDecoder: tiny("preview decoder") };
}

/** The UNet's weights in the form its lowering needs: the original file, or a quantized copy. */
async function placeUNet(model: ReadModel, options: LoadOptions): Promise<WeightFiles> {
  const { folder, snapshot, weights } = model;
  const { quantizing } = options.device;
  const network = "UNet";
  if (quantizing === undefined) {
    return placeWeights(model, { network, weights: weights.unet }, options);
  }
  const located = await locateWeights(folder, weights.unet);
  const chosen = quantizationOf(snapshot.unet.config, quantizing);
  const { onNotice = () => {} } = options;
  const shipped = { folder: folder.path, onNotice };
  const copy = { ...copyOptions(network, options), shipped };
  return { network, weights: await quantizedWeights(located, chosen, copy) };
}

/** A picture in int8, and the memory that it may use; the machine's by default. */
export interface Int8Picture extends Pick<Order, "width" | "height" | "cacheInterval"> {
  readonly memoryBytes?: number | undefined;
}

/** The CPU as it draws a picture in int8; `isExact` as in int8Device. */
export function int8DeviceFor(
  { summary }: Pick<ReadModel, "summary">,
  isExact: boolean,
  { width, height, cacheInterval, memoryBytes = usableMemory() }: Int8Picture,
): Device {
  const place = { provider: "cpu", memoryBytes, saturates: !isExact } as const;
  return int8Device({
    isExact,
    isTight: !keepsLinears(summary, { width, height, cacheInterval }, place),
  });
}

/** Whether the int8 weights of a model's UNet for a picture must still be made; `isExact` as in int8Device. */
export async function lacksInt8(
  read: ReadModel,
  picture: Int8Picture,
  { cacheFolder, isExact }: { readonly cacheFolder: string; readonly isExact: boolean },
): Promise<boolean> {
  const { folder, snapshot, weights } = read;
  const { quantizing } = int8DeviceFor(read, isExact, picture);
  if (quantizing === undefined) return false;
  const located = await locateWeights(folder, weights.unet);
  const chosen = quantizationOf(snapshot.unet.config, quantizing);
  const shipped = { folder: folder.path, onNotice: () => {} };
  return !(await areQuantized(located, chosen, { cacheFolder, shipped }));
}

async function placeWeights(
  { folder }: ReadModel,
  { network, weights }: WeightFiles,
  options: LoadOptions,
): Promise<WeightFiles> {
  const located = await locateWeights(folder, weights);
  if (options.device.provider !== "cpu" || halfBytes(located) < COPY_BEYOND_BYTES) {
    return { network, weights: located };
  }
  return { network, weights: await float32Weights(located, copyOptions(network, options)) };
}

function copyOptions(
  network: string,
  { cacheFolder, signal, onPreparing }: LoadOptions,
): CopyOptions {
  return { cacheFolder, signal, onProgress: (progress) => onPreparing({ network, ...progress }) };
}

function halfBytes(weights: Weights): number {
  return [...weights.values()].reduce(
    (sum, { dtype, lengthBytes }) => sum + (dtype === "F32" ? 0 : lengthBytes),
    0,
  );
}
