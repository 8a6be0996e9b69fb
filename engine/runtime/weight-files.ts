import { dirname, relative, sep } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { StoredWeight } from "../graph/emitter.ts";
import type { Weight } from "../graph/graph.ts";

/** A weight where it lies on this machine. */
export interface WeightPlace {
  /** Absolute, without links: ONNX Runtime refuses external data behind a link that leaves its folder. */
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
  readonly type: StoredWeight["type"];
  readonly shape: readonly number[];
}

/** One network's weights by the name in their file. */
export interface WeightFiles {
  /** The network's name, for sentences. */
  readonly network: string;
  readonly places: ReadonlyMap<string, WeightPlace>;
}

/** The deepest folder that holds all of them: what ONNX Runtime takes external data relative to. */
export function folderOf({ places }: WeightFiles): string {
  const folders = [...new Set([...places.values()].map(({ path }) => dirname(path)))];
  const [first = sep] = folders;
  let parts = first.split(sep);
  for (const folder of folders) {
    const other = folder.split(sep);
    const shared = parts.findIndex((part, i) => other[i] !== part);
    if (shared >= 0) parts = parts.slice(0, shared);
  }
  return parts.length > 1 ? parts.join(sep) : `${parts.join(sep)}${sep}`;
}

/** Finds what a graph asks for; a weight that is missing or of another shape is a named refusal. */
export function findIn(files: WeightFiles): (weight: Weight) => StoredWeight {
  const folder = folderOf(files);
  return ({ name, shape }) => {
    const { network } = files;
    const place = files.places.get(name);
    if (place === undefined) throw new StudioError("WEIGHT_MISSING", { network, name });
    if (place.shape.join() !== shape.join()) {
      const [found, wanted] = [place.shape, shape].map((dimensions) => `[${dimensions.join(", ")}]`);
      throw new StudioError("WEIGHT_MISMATCH", { network, name, found: found ?? "", wanted: wanted ?? "" });
    }
    const { path, offset, lengthBytes, type } = place;
    return { location: relative(folder, path), offset, lengthBytes, type };
  };
}

/** Bytes of all weights in memory as float32, whatever they are in the file. */
export function float32Bytes({ places }: WeightFiles): number {
  return [...places.values()].reduce(
    (sum, { lengthBytes, type }) => sum + (type === "float32" ? lengthBytes : 2 * lengthBytes),
    0,
  );
}
