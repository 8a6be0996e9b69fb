import type { Weight, Weights } from "../snapshot/weights.ts";
import type { SnapshotFolder } from "./snapshot-folder.ts";
import { isHalf } from "../snapshot/float32-layout.ts";
import { float32Copy, type CopyOptions } from "./float32-copy.ts";

/** The same weights with the absolute real path of each file, as a session needs them. */
export async function locateWeights(folder: SnapshotFolder, weights: Weights): Promise<Weights> {
  const places = new Map<string, string>();
  for (const file of filesOfWeights(weights)) places.set(file, await folder.realPath(file));
  return mapWeights(weights, (weight) => ({
    ...weight,
    file: places.get(weight.file) ?? weight.file,
  }));
}

/**
 * Located weights with every half one replaced by its float32 copy in the cache folder. Files that
 * hold none are left where they are; progress starts anew with each file.
 */
export async function float32Weights(weights: Weights, options: CopyOptions): Promise<Weights> {
  const half = new Map([...weights].filter(([, { dtype }]) => isHalf(dtype)));
  const moves = new Map<string, (weight: Weight) => Weight>();
  for (const file of filesOfWeights(half)) moves.set(file, await moveInto(file, options));
  return mapWeights(weights, (weight) => moves.get(weight.file)?.(weight) ?? weight);
}

async function moveInto(file: string, options: CopyOptions): Promise<(weight: Weight) => Weight> {
  const { path, layout } = await float32Copy(file, options);
  const offsets = new Map(layout.pieces.map((piece) => [piece.sourceOffset, piece.targetOffset]));
  return (weight) => ({
    ...weight,
    file: path,
    offset: offsets.get(weight.offset) ?? weight.offset,
    lengthBytes: isHalf(weight.dtype) ? 2 * weight.lengthBytes : weight.lengthBytes,
    dtype: "F32",
  });
}

/** Every file that holds one of these weights, once. */
function filesOfWeights(weights: Weights): ReadonlySet<string> {
  return new Set([...weights.values()].map(({ file }) => file));
}

function mapWeights(weights: Weights, change: (weight: Weight) => Weight): Weights {
  return new Map([...weights].map(([name, weight]) => [name, change(weight)]));
}
