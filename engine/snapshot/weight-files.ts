import type { Precision } from "../tensor/precision.ts";
import { StudioError } from "../contract/errors.ts";
import { isObject, quote } from "./json.ts";
import { namesIn, readObject, type Listing } from "./files.ts";

/** The files that one network's weights are read from. */
export interface WeightFiles {
  /** The part of the name before the extension: "" or "fp16", "non_ema", … */
  readonly variant: string;
  /** Paths in the snapshot; several where the weights are sharded. */
  readonly paths: readonly string[];
}

/** A network's folder, and the file name that diffusers or transformers give its weights. */
export interface WeightPlace {
  readonly folder: string;
  readonly stem: "model" | "diffusion_pytorch_model";
}

/** As in huggingface.js, parse-safetensors-metadata.ts. */
const MAX_SHARDS = 10_000;

/** Variants in order of preference; others come after these, and non_ema (for training) last. */
const LIKED: Record<Precision, readonly string[]> = {
  float32: ["", "fp32", "fp16", "bf16"],
  float16: ["fp16", "", "fp32", "bf16"],
};

/**
 * Chooses among the variants of a network. Refuses as PICKLE_REFUSED if there are only pickles, and as
 * SNAPSHOT_INCOMPLETE if there is nothing or a shard is missing.
 */
export async function chooseWeightFiles(
  listing: Listing,
  place: WeightPlace,
  precision: Precision,
): Promise<WeightFiles> {
  const names = namesIn(listing, place.folder);
  const candidates = names.flatMap((name) => candidateOf(name, place.stem) ?? []);
  const [best] = candidates.toSorted((a, b) => rank(a, precision) - rank(b, precision));
  if (best === undefined) throw nothingThere(names, place);
  const path = inFolder(place.folder, best.name);
  const paths = best.isIndex ? await shardsOf(listing, path, place.folder) : [path];
  return { variant: best.variant, paths };
}

/** A file's path; "" is the snapshot's root. */
function inFolder(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

interface Candidate {
  readonly name: string;
  readonly variant: string;
  readonly isIndex: boolean;
}

/**
 * Recognises `stem.safetensors` and `stem.VARIANT.safetensors`; indexes are `stem.safetensors.index.json` with the
 * variant before `.json` or, in older diffusers, before `.index`.
 */
export function candidateOf(name: string, stem: string): Candidate | undefined {
  if (!name.startsWith(`${stem}.`)) return undefined;
  const rest = name.slice(stem.length);
  const index = /^\.safetensors(?:\.(.+))?\.index(?:\.(.+))?\.json$/.exec(rest);
  if (index !== null) return { name, variant: index[1] ?? index[2] ?? "", isIndex: true };
  const single = /^(?:\.(.+))?\.safetensors$/.exec(rest);
  if (single === null || isShard(name)) return undefined;
  return { name, variant: single[1] ?? "", isIndex: false };
}

function isShard(name: string): boolean {
  return /-\d{5}-of-\d{5}\./.test(name);
}

/** Lower is better; a single file is preferred to shards of the same variant. */
function rank({ variant, isIndex }: Candidate, precision: Precision): number {
  const liked = LIKED[precision];
  const place = liked.indexOf(variant);
  const unknown = variant.startsWith("non_ema") ? liked.length + 1 : liked.length;
  return 2 * (place < 0 ? unknown : place) + Number(isIndex);
}

/** The refusal of a network without usable weights. */
export function nothingThere(names: readonly string[], { folder, stem }: WeightPlace): StudioError {
  const pickle = names.find(isPickle);
  if (pickle !== undefined) {
    return new StudioError("PICKLE_REFUSED", { file: inFolder(folder, pickle) });
  }
  const isSharded = names.some((name) => name.startsWith(stem) && isShard(name));
  const file = isSharded ? `${stem}.safetensors.index.json` : `${stem}.safetensors`;
  return new StudioError("SNAPSHOT_INCOMPLETE", { file: inFolder(folder, file) });
}

/** Whether it is the name of a Python pickle, which can run code when it is opened. */
export function isPickle(name: string): boolean {
  return /\.(bin|ckpt|pickle|pkl|pt|pth)$/i.test(name);
}

/** The shards in an index; each must be a file beside it. */
async function shardsOf(
  listing: Listing,
  file: string,
  folder: string,
): Promise<readonly string[]> {
  const map = (await readObject(listing, file))["weight_map"];
  if (!isObject(map)) throw invalid(file, "it has no weight_map");
  const shards = [...new Set(Object.values(map))];
  if (shards.length === 0) throw invalid(file, "its weight_map is empty");
  if (shards.length > MAX_SHARDS) {
    throw invalid(file, `it names ${shards.length} shards, more than ${MAX_SHARDS}`);
  }
  return shards.map((shard) => shardPath(listing, shard, { file, folder }));
}

function shardPath(
  { sizes }: Listing,
  shard: unknown,
  index: { readonly file: string; readonly folder: string },
): string {
  if (typeof shard !== "string" || !/^[^/\\:]+\.safetensors$/.test(shard)) {
    throw invalid(index.file, `${quote(shard)} is not the name of a file beside it`);
  }
  const path = inFolder(index.folder, shard);
  if (!sizes.has(path)) throw new StudioError("SNAPSHOT_INCOMPLETE", { file: path });
  return path;
}

function invalid(file: string, reason: string): StudioError {
  return new StudioError("CONFIG_INVALID", { file, reason });
}
