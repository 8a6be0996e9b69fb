import type { Weight, Weights } from "../snapshot/weights.ts";
import type { SnapshotFolder } from "./snapshot-folder.ts";
import { isHalf, type Piece } from "../snapshot/weight-layout.ts";
import type { MoveInFile } from "./scaled-rows.ts";
import type { CopyOptions, Quantization } from "./make-copy.ts";
import { float32Copy, hasQuantizedCopy, quantizedCopy } from "./weight-copy.ts";

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
 * Located weights with every half-precision one replaced by its float32 copy in the cache folder. Files without any are
 * used in place; progress starts again with each file.
 */
export async function float32Weights(weights: Weights, options: CopyOptions): Promise<Weights> {
  const half = new Map([...weights].filter(([, { dtype }]) => isHalf(dtype)));
  const moves = new Map<string, (weight: Weight) => Weight>();
  for (const file of filesOfWeights(half)) moves.set(file, await moveInto(file, options));
  return mapWeights(weights, (weight) => moves.get(weight.file)?.(weight) ?? weight);
}

/** A move of scales (graph/lowerings/scale-moves.ts) from the producer of a value's channels to their consumers. */
export interface NamedMove {
  readonly channels: number;
  readonly makers: readonly { readonly name: string }[];
  readonly readers: readonly { readonly name: string }[];
}

/** Which weights are quantized, and which scales are moved before that. */
export interface QuantizedNames extends Pick<Quantization, "bits"> {
  readonly names: ReadonlySet<string>;
  readonly moves?: readonly NamedMove[];
}

/**
 * Located weights in copies of their files in which the ones in `names` are quantized: each becomes two weights,
 * `NAME.int8` and `NAME.scale`. No half-precision weights are left. Scales are not moved between files.
 */
export async function quantizedWeights(
  weights: Weights,
  chosen: QuantizedNames,
  options: CopyOptions,
): Promise<Weights> {
  const moved = new Map<string, Weight>();
  for (const file of filesOfWeights(weights)) {
    const here = weightsIn(file, weights);
    const { path, layout } = await quantizedCopy(file, quantizationIn(here, chosen), options);
    const pieces = new Map(layout.pieces.map((piece) => [piece.sourceOffset, piece]));
    for (const [name, weight] of here) {
      const piece = pieces.get(weight.offset);
      for (const part of piece === undefined ? [] : partsOf({ name, weight, piece, path })) {
        moved.set(part.name, part.weight);
      }
    }
  }
  return moved;
}

/** Whether all the copies that `quantizedWeights` needs exist. */
export async function areQuantized(
  weights: Weights,
  chosen: QuantizedNames,
  options: Pick<CopyOptions, "cacheFolder" | "shipped">,
): Promise<boolean> {
  for (const file of filesOfWeights(weights)) {
    const quantization = quantizationIn(weightsIn(file, weights), chosen);
    if (!(await hasQuantizedCopy(file, quantization, options))) return false;
  }
  return true;
}

function weightsIn(file: string, weights: Weights): Weights {
  return new Map([...weights].filter(([, weight]) => weight.file === file));
}

/** The quantization of one file. */
function quantizationIn(here: Weights, { names, bits, moves = [] }: QuantizedNames): Quantization {
  const chosen = [...here].filter(([name]) => names.has(name));
  return {
    offsets: new Set(chosen.map(([, { offset }]) => offset)),
    bits,
    moves: moves.flatMap((move) => moveInFile(move, here) ?? []),
  };
}

/** The move by offsets; undefined unless all its weights are in this file. */
function moveInFile(
  { channels, makers, readers }: NamedMove,
  here: Weights,
): MoveInFile | undefined {
  const offsets = (all: NamedMove["makers"]) => all.map(({ name }) => here.get(name)?.offset ?? -1);
  const move = { channels, makers: offsets(makers), readers: offsets(readers) };
  return [...move.makers, ...move.readers].includes(-1) ? undefined : move;
}

interface MovedTensor {
  readonly name: string;
  readonly weight: Weight;
  readonly piece: Piece;
  readonly path: string;
}

function partsOf({ name, weight, piece, path }: MovedTensor): { name: string; weight: Weight }[] {
  const { targetOffset: offset, targetBytes: lengthBytes, becomes } = piece;
  const place = { file: path, offset, lengthBytes };
  if (becomes === "the same") return [{ name, weight: { ...weight, ...place } }];
  if (becomes === "float32") return [{ name, weight: { ...weight, ...place, dtype: "F32" } }];
  const [out = 0, ...rest] = weight.shape;
  const inputs = rest.reduce((size, one) => size * one, 1);
  const size = inputs * out;
  const values = { ...place, lengthBytes: size, dtype: "I8", shape: [inputs, out] } as const;
  const scales = { file: path, offset: offset + size, lengthBytes: 4 * out } as const;
  return [
    { name: `${name}.int8`, weight: values },
    { name: `${name}.scale`, weight: { ...scales, dtype: "F32", shape: [out] } },
  ];
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

/** The files that contain these weights. */
function filesOfWeights(weights: Weights): ReadonlySet<string> {
  return new Set([...weights.values()].map(({ file }) => file));
}

function mapWeights(weights: Weights, change: (weight: Weight) => Weight): Weights {
  return new Map([...weights].map(([name, weight]) => [name, change(weight)]));
}
