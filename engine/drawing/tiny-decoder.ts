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

/** The decoder of a tiny autoencoder in its folder: read, but not loaded. */
export interface TinyDecoderFiles {
  /** Changes whenever its files change. */
  readonly identity: string;
  readonly config: TinyVaeConfig;
  /** The weights, with their files' real paths. */
  readonly weights: Weights;
}

/** When the settings use a tiny autoencoder. */
export interface TinyUse {
  /** If absent, only a tiny autoencoder in the model's own folder is used. */
  readonly folder?: string | undefined;
  /** Whether it decodes pictures of the Fast preset. */
  readonly decodesFast?: boolean | undefined;
}

/** Whether a tiny autoencoder, if there is one, decodes an order's picture. */
export function decodesTiny(
  { preset, decoder }: Pick<Order, "preset" | "decoder">,
  use: TinyUse = {},
): boolean {
  if (decoder !== undefined) return decoder === "tiny";
  return use.decodesFast === true && preset === "fast";
}

/** The folder in a snapshot of a tiny autoencoder for its latents. */
const BESIDE = "tiny_vae";

/** The VAE of Stable Diffusion 1 and 2, which the catalogue's tiny autoencoder was distilled from. */
const FAMILY = { channels: "128,256,512,512", latents: 4, scaling: 0.18215 };

/**
 * The tiny decoder for a model's latents: the one in its folder (`tiny_vae`), otherwise `chosen`, which fits only the
 * latents of Stable Diffusion 1 and 2. Undefined if there is none. Refuses one that cannot be read.
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

/** Refuses a request whose decoder is missing or cannot be read, before it becomes an order. */
export async function refuseMissingDecoder(
  request: Pick<Order, "decoder">,
  read: Parameters<typeof tinyDecoderFor>[0],
  chosen: string | undefined,
): Promise<void> {
  if (request.decoder === "tiny") needDecoder(request, await tinyDecoderFor(read, chosen));
}

/** Refuses as REQUEST_INVALID if a tiny decoder was requested by name and none was found. */
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

/** Undefined if the decoder is for other latents or another scale. */
function fitting(tiny: TinyDecoderFiles, own: VaeConfig): TinyDecoderFiles | undefined {
  const isSameSize = tiny.config.block_out_channels.length === own.block_out_channels.length;
  return isSameSize && tiny.config.latent_channels === own.latent_channels ? tiny : undefined;
}

/** Reads the autoencoder in a folder: config.json and its weights. Refuses anything that is no AutoencoderTiny. */
export async function readTinyDecoder(path: string): Promise<TinyDecoderFiles> {
  const folder = await openSnapshotFolder(path);
  const { config, tensors } = await readTinyVae(folder);
  const asked = vaeDecoder(config, { batch: 1, height: 8, width: 8 }).weights.values();
  const weights = pickWeights(tensors, asked, "VAE");
  return { identity: folder.identity, config, weights: await locateWeights(folder, weights) };
}
