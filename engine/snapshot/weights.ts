import { StudioError } from "../contract/errors.ts";
import { sizeOfFile, type Listing } from "./files.ts";
import { quote } from "./json.ts";
import { headerLength, readHeader, type Dtype, type SafetensorsHeader } from "./safetensors.ts";
import { canonical, type NetworkName } from "./weight-names.ts";

/** One tensor's bytes where they lie. */
export interface Weight {
  /** Path in the snapshot, with forward slashes. */
  readonly file: string;
  /** From the start of the file. */
  readonly offset: number;
  readonly lengthBytes: number;
  readonly dtype: WeightType;
  readonly shape: readonly number[];
}

const WEIGHT_TYPES = ["F32", "F16", "BF16"] as const;
type WeightType = (typeof WEIGHT_TYPES)[number];

/** A network's weights by the name today's diffusers and transformers give them. */
export type Weights = ReadonlyMap<string, Weight>;

/**
 * Gathers a network's weights out of its files, without reading any of their numbers. A tensor that
 * is there twice, under one name or two, is refused as SAFETENSORS_INVALID; one in another number
 * type than the three as SNAPSHOT_UNSUPPORTED.
 */
export async function readWeights(
  listing: Listing,
  paths: readonly string[],
  network: NetworkName,
): Promise<Weights> {
  const weights = new Map<string, Weight>();
  for (const file of paths) {
    const { tensors } = await readFileHeader(listing, file);
    for (const [name, { dtype, shape, offset, lengthBytes }] of tensors) {
      const known = canonical(network, { name, shape });
      if (known === undefined) continue;
      if (weights.has(known.name)) throw twice(file, known.name);
      const type = weightType(dtype, `${quote(name)} in ${file}`);
      weights.set(known.name, { file, offset, lengthBytes, dtype: type, shape: known.shape });
    }
  }
  return weights;
}

/** Reads a safetensors file as far as its header goes. */
async function readFileHeader(listing: Listing, file: string): Promise<SafetensorsHeader> {
  const size = sizeOfFile(listing, file);
  const length = headerLength(await listing.files.readBytes(file, 0, 8), size, file);
  return readHeader(await listing.files.readBytes(file, 0, 8 + length), size, file);
}

function weightType(dtype: Dtype, tensor: string): WeightType {
  const known = WEIGHT_TYPES.find((type) => type === dtype);
  if (known !== undefined) return known;
  const what = `The number type of ${tensor}`;
  throw new StudioError("SNAPSHOT_UNSUPPORTED", { what, found: dtype });
}

function twice(file: string, name: string): StudioError {
  const reason = `it brings ${quote(name)} a second time`;
  return new StudioError("SAFETENSORS_INVALID", { file, reason });
}
