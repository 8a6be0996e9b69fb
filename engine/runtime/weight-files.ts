import { dirname, relative, sep } from "node:path";
import type { StoredWeight } from "../graph/emitter.ts";
import type { Weight } from "../graph/graph.ts";
import type { Weights } from "../snapshot/weights.ts";

/** One network's weights. File paths are absolute and without symbolic links, which ONNX Runtime refuses. */
export interface WeightFiles {
  /** The network's name, for messages. */
  readonly network: string;
  readonly weights: Weights;
}

const TYPES = { F32: "float32", F16: "float16", BF16: "bfloat16", I8: "int8" } as const;

/** The deepest folder that contains all of them, which external data is relative to. */
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

/** Looks up what a graph asks for among the weights selected for it (snapshot/weights.ts). */
export function findIn(files: WeightFiles): (weight: Weight) => StoredWeight | undefined {
  const folder = folderOf(files);
  return ({ name }) => {
    const place = files.weights.get(name);
    if (place === undefined) return undefined;
    const { file, offset, lengthBytes, dtype } = place;
    return { location: relative(folder, file), offset, lengthBytes, type: TYPES[dtype] };
  };
}

/** Bytes of all weights in memory: float16 as float32, quantized ones as they are. */
export function memoryBytes({ weights }: WeightFiles): number {
  return [...weights.values()].reduce(
    (sum, { lengthBytes, dtype }) =>
      sum + (dtype === "F16" || dtype === "BF16" ? 2 * lengthBytes : lengthBytes),
    0,
  );
}
