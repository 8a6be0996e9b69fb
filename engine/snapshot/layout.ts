import { StudioError } from "../contract/errors.ts";
import { isInt8Path } from "./int8-path.ts";
import { noSnapshot } from "./model-index.ts";
import { candidateOf, isPickle, nothingThere, type WeightPlace } from "./weight-files.ts";

/** The files that make up a snapshot, selected from everything in a folder or repository. */
export interface Layout {
  readonly paths: readonly string[];
  /** Int8 weights: useful, but never required. */
  readonly int8: readonly string[];
  /** Files that are left out because opening one runs the code in it. */
  readonly pickles: readonly string[];
}

const TEXTS: ReadonlySet<string> = new Set([
  "model_index.json",
  "recommended.json",
  "scheduler/scheduler_config.json",
  "text_encoder/config.json",
  "unet/config.json",
  "vae/config.json",
  "tokenizer/vocab.json",
  "tokenizer/merges.txt",
  "tokenizer/tokenizer.json",
  "tokenizer/tokenizer_config.json",
  "tokenizer/special_tokens_map.json",
  "tokenizer/added_tokens.json",
  // diffusers does not open a folder without it, although we do not read it.
  "feature_extractor/preprocessor_config.json",
]);

const UNET: WeightPlace = { folder: "unet", stem: "diffusion_pytorch_model" };
const PLACES: readonly WeightPlace[] = [
  { folder: "text_encoder", stem: "model" },
  UNET,
  { folder: "vae", stem: "diffusion_pytorch_model" },
];

/** Preferred variants: the one diffusers opens by default, then smaller ones. */
export const LIKED_VARIANTS = ["", "fp16", "bf16"];

/**
 * Selects files by name alone: configs, tokenizer, and one complete set of safetensors per network, of the preferred
 * variant. Nothing else is ever taken. Refuses what cannot be a snapshot.
 */
export function layoutOf(paths: readonly string[], liked: readonly string[]): Layout {
  if (!paths.includes("model_index.json")) {
    throw noSnapshot(paths.filter((path) => !path.includes("/")));
  }
  const texts = paths.filter((path) => TEXTS.has(path));
  const weights = PLACES.flatMap((place) => weightsOf(paths, place, liked));
  const missing = missingText(new Set(texts));
  if (missing !== undefined) throw new StudioError("SNAPSHOT_INCOMPLETE", { file: missing });
  return {
    paths: [...texts, ...weights].toSorted(),
    int8: paths.filter(isInt8Path).toSorted(),
    pickles: paths.filter(isPickle),
  };
}

/** The weights' variants by name, "" among them, without those that are only useful for training. */
export function variantsIn(paths: readonly string[]): readonly string[] {
  const variants = weightSets(paths, UNET).map(({ variant }) => variant);
  return [...new Set(variants)].filter((variant) => !variant.startsWith("non_ema")).toSorted();
}

interface WeightSet {
  readonly variant: string;
  readonly paths: readonly string[];
}

function weightsOf(
  paths: readonly string[],
  place: WeightPlace,
  liked: readonly string[],
): readonly string[] {
  const rank = ({ variant }: WeightSet): number => {
    const wish = liked.indexOf(variant);
    return wish < 0 ? liked.length + Number(variant.startsWith("non_ema")) : wish;
  };
  const [best] = weightSets(paths, place).toSorted((a, b) => rank(a) - rank(b));
  if (best !== undefined) return best.paths;
  throw nothingThere(namesIn(paths, place.folder), place);
}

/** The complete sets of weight files, single files first. */
function weightSets(paths: readonly string[], place: WeightPlace): readonly WeightSet[] {
  const names = namesIn(paths, place.folder);
  const candidates = names.flatMap((name) => candidateOf(name, place.stem) ?? []);
  return candidates
    .toSorted((a, b) => Number(a.isIndex) - Number(b.isIndex))
    .map(({ name, variant, isIndex }) => {
      const shards = isIndex ? shardsOf(names, place.stem, variant) : [];
      const all = isIndex && shards.length === 0 ? [] : [name, ...shards];
      return { variant, paths: all.map((one) => `${place.folder}/${one}`) };
    })
    .filter(({ paths }) => paths.length > 0);
}

/** All shards of a variant, or none if one is missing: each file name contains the number of shards. */
function shardsOf(names: readonly string[], stem: string, variant: string): readonly string[] {
  const shards = names.flatMap((name) => {
    const rest = name.startsWith(stem) ? name.slice(stem.length) : "";
    const parts = /^(?:\.(.+))?-(\d{5})-of-(\d{5})(?:\.(.+))?\.safetensors$/.exec(rest);
    const [, before, , count, after] = parts ?? [];
    return parts !== null && (before ?? after ?? "") === variant ? [{ name, count }] : [];
  });
  const counts = new Set(shards.map(({ count }) => count));
  const isComplete = counts.size === 1 && Number(shards[0]?.count) === shards.length;
  return isComplete ? shards.map(({ name }) => name) : [];
}

function missingText(texts: ReadonlySet<string>): string | undefined {
  const tokenizer = texts.has("tokenizer/tokenizer.json")
    ? []
    : ["tokenizer/vocab.json", "tokenizer/merges.txt"];
  const configs = PLACES.map(({ folder }) => `${folder}/config.json`);
  const needed = ["scheduler/scheduler_config.json", ...configs, ...tokenizer];
  return needed.find((text) => !texts.has(text));
}

/**
 * Names directly in a folder. Names with any other character are ignored, since they could lead outside the folder on
 * some system.
 */
function namesIn(paths: readonly string[], folder: string): readonly string[] {
  const inside = paths.filter((path) => path.startsWith(`${folder}/`));
  const names = inside.map((path) => path.slice(folder.length + 1));
  return names.filter((name) => /^[\w.-]+$/.test(name));
}
