import { dirname, relative, sep } from "node:path";
import { StudioError } from "../contract/errors.ts";
import type { StoredWeight } from "../graph/emitter.ts";
import type { Weight } from "../graph/graph.ts";
import type { Weights } from "../snapshot/weights.ts";

/** One network's weights; their files are absolute paths without links, which ONNX Runtime would refuse. */
export interface WeightFiles {
  /** The network's name, for sentences. */
  readonly network: string;
  readonly weights: Weights;
}

const TYPES = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;

/** The deepest folder that holds all of them: what ONNX Runtime takes external data relative to. */
export function folderOf({ weights }: WeightFiles): string {
  const folders = [...new Set([...weights.values()].map(({ file }) => dirname(file)))];
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
    const place = files.weights.get(name);
    if (place === undefined) throw new StudioError("WEIGHT_MISSING", { network, name });
    if (place.shape.join() !== shape.join()) {
      const [found, wanted] = [place.shape, shape].map(
        (dimensions) => `[${dimensions.join(", ")}]`,
      );
      throw new StudioError("WEIGHT_MISMATCH", {
        network,
        name,
        found: found ?? "",
        wanted: wanted ?? "",
      });
    }
    const { file, offset, lengthBytes, dtype } = place;
    return { location: relative(folder, file), offset, lengthBytes, type: TYPES[dtype] };
  };
}

/** Bytes of all weights in memory as float32, whatever they are in the file. */
export function float32Bytes({ weights }: WeightFiles): number {
  return [...weights.values()].reduce(
    (sum, { lengthBytes, dtype }) => sum + (dtype === "F32" ? lengthBytes : 2 * lengthBytes),
    0,
  );
}
