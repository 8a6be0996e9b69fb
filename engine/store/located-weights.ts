import type { Weight, Weights } from "../snapshot/weights.ts";
import type { SnapshotFolder } from "./snapshot-folder.ts";

/** The same weights with the absolute real path of each file, as a session needs them. */
export async function locateWeights(folder: SnapshotFolder, weights: Weights): Promise<Weights> {
  const places = new Map<string, string>();
  for (const file of filesOfWeights(weights)) places.set(file, await folder.realPath(file));
  return mapWeights(weights, (weight) => ({
    ...weight,
    file: places.get(weight.file) ?? weight.file,
  }));
}

/** Every file that holds one of these weights, once. */
export function filesOfWeights(weights: Weights): ReadonlySet<string> {
  return new Set([...weights.values()].map(({ file }) => file));
}

export function mapWeights(weights: Weights, change: (weight: Weight) => Weight): Weights {
  return new Map([...weights].map(([name, weight]) => [name, change(weight)]));
}
