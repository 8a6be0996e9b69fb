/** The folder in a model for weights that were quantized when the model was packed. */
export const INT8_FOLDER = "int8";

/** A file of int8 weights: what it was made from, and how. */
export interface Int8File {
  /** sha256 of the safetensors file that it was made from. */
  readonly source: string;
  /** How: the bits, and a short hash of which tensors were quantized. */
  readonly kind: string;
  /** The file's own sha256. */
  readonly sha256: string;
}

const NAME = /^(int[78]-[\da-f]{8})\.([\da-f]{64})\.safetensors$/;
const SHA256 = /^[\da-f]{64}$/;

/** Its path in a model's folder; every part of the path is short enough for a tar header. */
export function int8Path({ source, kind, sha256 }: Int8File): string {
  return `${INT8_FOLDER}/${source}/${kind}.${sha256}.safetensors`;
}

/** What such a path says about the file; undefined if it is not the path of int8 weights. */
export function readInt8Path(path: string): Int8File | undefined {
  const [folder, source = "", name = "", ...deeper] = path.split("/");
  const [, kind, sha256] = NAME.exec(name) ?? [];
  const isOurs = folder === INT8_FOLDER && SHA256.test(source) && deeper.length === 0;
  return isOurs && kind !== undefined && sha256 !== undefined
    ? { source, kind, sha256 }
    : undefined;
}

export function isInt8Path(path: string): boolean {
  return readInt8Path(path) !== undefined;
}
