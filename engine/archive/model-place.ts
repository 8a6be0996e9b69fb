import type { Manifest } from "../contract/archives.ts";
import { StudioError } from "../contract/errors.ts";
import { isPickle } from "../snapshot/weight-files.ts";
import { absentFiles } from "./manifest.ts";
import type { Member } from "./member.ts";
import { refusal, shown, type ArchiveName } from "./refusals.ts";

/** Where a model is in an archive. */
export type ModelPlace =
  /** In a folder; "" is its root. */
  | { readonly kind: "folder"; readonly prefix: string }
  /** In a zip inside, as the KServe example's notebook makes it. */
  | { readonly kind: "zip"; readonly path: string };

const INDEX = "model_index.json";
/** The name of the zip inside, in the KServe example's notebook. */
export const MODEL_ZIP = "model.zip";
/** A zip often has a folder of its own name around its files, and an extra folder may add one more. */
const MAX_DEPTH = 3;

/**
 * Finds the model in an archive by its members' names. Refuses as ARCHIVE_FLATTENED, PICKLE_REFUSED or
 * ARCHIVE_WITHOUT_MODEL.
 */
export function modelPlace(
  members: readonly Member[],
  manifest: Manifest,
  file: ArchiveName,
): ModelPlace {
  const paths = members.map(({ path }) => path);
  refuseFlattened(paths, file);
  const prefix = snapshotPrefix(paths, file);
  if (prefix !== undefined) return { kind: "folder", prefix };
  const zip = innerZip(paths, manifest);
  if (zip !== undefined) return { kind: "zip", path: zip };
  const pickle = paths.find(isPickle);
  if (pickle !== undefined) throw new StudioError("PICKLE_REFUSED", { file: shown(pickle) });
  throw refusal("ARCHIVE_WITHOUT_MODEL", file, whatIsMissing(members, manifest));
}

/** The folder with the model in a zip inside. Refuses as ARCHIVE_WITHOUT_MODEL. */
export function placeInZip(members: readonly Member[], file: ArchiveName): string {
  const paths = members.map(({ path }) => path);
  refuseFlattened(paths, file);
  const prefix = snapshotPrefix(paths, file);
  if (prefix !== undefined) return prefix;
  const pickle = paths.find(isPickle);
  if (pickle !== undefined) throw new StudioError("PICKLE_REFUSED", { file: shown(pickle) });
  const zip = paths.find((path) => /\.zip$/i.test(path));
  const reason =
    zip === undefined ? `it has no ${INDEX}` : `${shown(zip)} is a third zip, which is not opened`;
  throw refusal("ARCHIVE_WITHOUT_MODEL", file, reason);
}

/** The prefix of the outermost model_index.json: "" or a path with a trailing slash. */
function snapshotPrefix(paths: readonly string[], file: ArchiveName): string | undefined {
  const found = paths
    .filter((path) => path === INDEX || path.endsWith(`/${INDEX}`))
    .map((path) => path.slice(0, -INDEX.length))
    .filter((prefix) => depthOf(prefix) <= MAX_DEPTH && !prefix.startsWith("__MACOSX/"))
    .toSorted((a, b) => depthOf(a) - depthOf(b));
  const [first, second] = found;
  if (first === undefined || second === undefined || depthOf(first) < depthOf(second)) return first;
  const reason = `${shown(first)} and ${shown(second)} hold a model each`;
  throw refusal("ARCHIVE_WITHOUT_MODEL", file, reason);
}

function depthOf(prefix: string): number {
  return prefix.split("/").length - 1;
}

/** The zip that the manifest names, the notebook's, or the only one. */
function innerZip(paths: readonly string[], { model }: Manifest): string | undefined {
  const zips = paths.filter((path) => /\.zip$/i.test(path) && !path.includes("/"));
  const named = zips.find((path) => path === model.serializedFile);
  const [only, another] = zips;
  return (
    named ?? zips.find((path) => path === MODEL_ZIP) ?? (another === undefined ? only : undefined)
  );
}

/** The networks whose files torch-model-archiver gives the same name if they are passed one by one. */
const NETWORKS = ["text_encoder", "unet", "vae"];

/** Files of several folders that end up with the same name, so that only the last one of each is left. */
const SHARED_NAMES = [
  { name: /^config\.json$/, label: "config.json", of: NETWORKS },
  {
    name: /^diffusion_pytorch_model(\..+)?\.safetensors$/,
    label: "diffusion_pytorch_model.safetensors",
    of: ["unet", "vae"],
  },
];

function refuseFlattened(paths: readonly string[], file: ArchiveName): void {
  const hasNetwork = paths.some((path) => /(^|\/)unet\//.test(path));
  const isThere = (name: RegExp): boolean => paths.some((path) => name.test(path));
  const lost = SHARED_NAMES.filter(({ name }) => isThere(name));
  if (!paths.includes(INDEX) || hasNetwork || lost.length === 0) return;
  const words = lost.map(({ label, of }) => `one ${label} is left of ${inWords(of)}`);
  throw refusal("ARCHIVE_FLATTENED", file, words.join(", "));
}

function inWords(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

function whatIsMissing(members: readonly Member[], manifest: Manifest): string {
  const absent = absentFiles(manifest, members);
  if (absent.length > 0)
    return `it lacks ${absent.map(shown).join(", ")}, which its manifest names`;
  return `it has neither ${MODEL_ZIP} nor ${INDEX}`;
}
