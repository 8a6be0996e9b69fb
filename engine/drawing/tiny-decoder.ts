import { stat } from "node:fs/promises";
import { join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { Order } from "../contract/order.ts";
import { vaeDecoder } from "../networks/vae.ts";
import { readTinyVae, type Snapshot } from "../snapshot/snapshot.ts";
import type { TinyVaeConfig, VaeConfig } from "../snapshot/vae-config.ts";
import { pickWeights, type Weights } from "../snapshot/weights.ts";
import { locateWeights } from "../store/located-weights.ts";
import { openSnapshotFolder } from "../store/snapshot-folder.ts";

/** The decoder of a tiny autoencoder as it lies in its folder, read but not loaded. */
export interface TinyDecoderFiles {
  /** Another string whenever its files have changed. */
  readonly identity: string;
  readonly config: TinyVaeConfig;
  /** Where they really lie. */
  readonly weights: Weights;
}

/** What a tiny autoencoder is taken for, by the settings. */
export interface TinyUse {
  /** Absent: only one in the model's own folder is used. */
  readonly folder?: string | undefined;
  /** Whether pictures of the Fast preset are decoded by it. */
  readonly decodesFast?: boolean | undefined;
}

/** Whether a tiny autoencoder, where there is one, decodes an order's picture. */
export function decodesTiny(
  { preset, decoder }: Pick<Order, "preset" | "decoder">,
  use: TinyUse = {},
): boolean {
  if (decoder !== undefined) return decoder === "tiny";
  return use.decodesFast === true && preset === "fast";
}

/** In a snapshot's own folder, a tiny autoencoder for its latents. */
const BESIDE = "tiny_vae";

/** What the tiny autoencoder of the catalogue was distilled from: the VAE of Stable Diffusion 1 and 2. */
const FAMILY = { channels: "128,256,512,512", latents: 4, scaling: 0.18215 };

/**
 * The tiny decoder for a model's latents: the one in its folder (`tiny_vae`), else `chosen`, which is for the latents of
 * Stable Diffusion 1 and 2 alone. Undefined where there is none. Refuses one that cannot be read.
 */
export async function tinyDecoderFor(
  { folder, snapshot }: { readonly folder: { readonly path: string }; readonly snapshot: Snapshot },
  chosen: string | undefined,
): Promise<TinyDecoderFiles | undefined> {
  const beside = join(folder.path, BESIDE);
  const { config } = snapshot.vae;
  const found = await stat(join(beside, "config.json")).catch(() => undefined);
  if (found?.isFile()) return fitting(await readTinyDecoder(beside), config);
  if (chosen === undefined || !isOfFamily(config)) return undefined;
  return fitting(await readTinyDecoder(chosen), config);
}

/** Refuses a request, before it is an order, whose decoder is not there or cannot be read. */
export async function refuseMissingDecoder(
  request: Pick<Order, "decoder">,
  read: Parameters<typeof tinyDecoderFor>[0],
  chosen: string | undefined,
): Promise<void> {
  if (request.decoder === "tiny") needDecoder(request, await tinyDecoderFor(read, chosen));
}

/** Refuses as REQUEST_INVALID where a tiny decoder is asked for by name and none was found. */
export function needDecoder({ decoder }: Pick<Order, "decoder">, found: unknown): void {
  if (decoder !== "tiny" || found !== undefined) return;
  const reason =
    "this model has none; the settings and `generate --tiny-decoder` can name one for Stable Diffusion 1 and 2";
  throw new StudioError("REQUEST_INVALID", { field: "The decoder", value: decoder, reason });
}

function isOfFamily(config: VaeConfig): boolean {
  const { block_out_channels: channels, latent_channels: latents } = config;
  const isFamilys = channels.join() === FAMILY.channels && latents === FAMILY.latents;
  return isFamilys && Math.abs(config.scaling_factor - FAMILY.scaling) < 1e-6;
}

/** One for other latents, or of another size, cannot stand in. */
function fitting(tiny: TinyDecoderFiles, own: VaeConfig): TinyDecoderFiles | undefined {
  const isSameSize = tiny.config.block_out_channels.length === own.block_out_channels.length;
  return isSameSize && tiny.config.latent_channels === own.latent_channels ? tiny : undefined;
}

/** Reads the autoencoder in a folder: config.json and its weights. Refuses what is no AutoencoderTiny. */
export async function readTinyDecoder(path: string): Promise<TinyDecoderFiles> {
  const folder = await openSnapshotFolder(path);
  const { config, tensors } = await readTinyVae(folder);
  const asked = vaeDecoder(config, { batch: 1, height: 8, width: 8 }).weights.values();
  const weights = pickWeights(tensors, asked, "VAE");
  return { identity: folder.identity, config, weights: await locateWeights(folder, weights) };
}
