import { StudioError } from "../contract/errors.ts";
import { sizeOfFile, type Listing } from "./files.ts";
import { quote } from "./json.ts";
import { headerLength, readHeader, type Dtype, type SafetensorsHeader } from "./safetensors.ts";
import { canonical, type Named, type NetworkName } from "./weight-names.ts";

/** Where a tensor's bytes are. */
export interface Found {
  /** Path in the snapshot, with forward slashes. */
  readonly file: string;
  /** From the beginning of the file. */
  readonly offset: number;
  readonly lengthBytes: number;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
}

/** All tensors of a network's files, by their names in current diffusers and transformers. */
export type FoundTensors = ReadonlyMap<string, Found>;

const WEIGHT_TYPES = ["F32", "F16", "BF16"] as const;

/** A tensor that its network uses; quantized ones exist only in our own copies. */
export interface Weight extends Found {
  readonly dtype: (typeof WEIGHT_TYPES)[number] | "I8";
}
export type Weights = ReadonlyMap<string, Weight>;

/**
 * Collects the tensors of a network's files without reading their values. A tensor that occurs twice, under one name or
 * two, is refused as SAFETENSORS_INVALID.
 */
export async function findTensors(
  listing: Listing,
  paths: readonly string[],
  network: NetworkName,
): Promise<FoundTensors> {
  const found = new Map<string, Found>();
  for (const file of paths) {
    const { tensors } = await readFileHeader(listing, file);
    for (const [name, { dtype, shape, offset, lengthBytes }] of tensors) {
      const known = canonical(network, { name, shape });
      if (found.has(known.name)) throw twice(file, known.name);
      found.set(known.name, { file, offset, lengthBytes, dtype, shape: known.shape });
    }
  }
  return found;
}

/**
 * Selects the tensors that a network needs; the files may contain more of any kind. Refuses as WEIGHT_MISSING,
 * WEIGHT_MISMATCH or, for other number types than the supported ones, SNAPSHOT_UNSUPPORTED.
 */
export function pickWeights(
  found: FoundTensors,
  asked: Iterable<Named>,
  network: NetworkName,
): Weights {
  const weights = new Map<string, Weight>();
  for (const { name, shape } of asked) {
    const tensor = found.get(name);
    if (tensor === undefined) throw new StudioError("WEIGHT_MISSING", { network, name });
    if (tensor.shape.join() !== shape.join()) {
      const [found = "", wanted = ""] = [tensor.shape, shape].map(
        (sizes) => `[${sizes.join(", ")}]`,
      );
      throw new StudioError("WEIGHT_MISMATCH", { network, name, found, wanted });
    }
    const dtype = weightType(tensor.dtype, `${quote(name)} in ${tensor.file}`);
    weights.set(name, { ...tensor, dtype });
  }
  return weights;
}

/** Reads the header of a safetensors file. */
async function readFileHeader(listing: Listing, file: string): Promise<SafetensorsHeader> {
  const size = sizeOfFile(listing, file);
  const length = headerLength(await listing.files.readBytes(file, 0, 8), size, file);
  return readHeader(await listing.files.readBytes(file, 0, 8 + length), size, file);
}

function weightType(dtype: Dtype, tensor: string): Weight["dtype"] {
  const known = WEIGHT_TYPES.find((type) => type === dtype);
  if (known !== undefined) return known;
  const what = `The number type of ${tensor}`;
  throw new StudioError("SNAPSHOT_UNSUPPORTED", { what, found: dtype });
}

function twice(file: string, name: string): StudioError {
  const reason = `it brings ${quote(name)} a second time`;
  return new StudioError("SAFETENSORS_INVALID", { file, reason });
}
