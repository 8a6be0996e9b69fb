/** The folder of a model in which weights lie that were quantized when it was packed. */
export const INT8_FOLDER = "int8";

/** What int8 weights were made of, and what they are. */
export interface Int8File {
  /** sha256 of the safetensors file that they were made of. */
  readonly source: string;
  /** How: the bits, and a short hash of which tensors were quantized. */
  readonly kind: string;
  /** Their own sha256. */
  readonly sha256: string;
}

const NAME = /^(int[78]-[\da-f]{8})\.([\da-f]{64})\.safetensors$/;
const SHA256 = /^[\da-f]{64}$/;

/** Where they lie in a model's folder: each part short enough for a tar's own header. */
export function int8Path({ source, kind, sha256 }: Int8File): string {
  return `${INT8_FOLDER}/${source}/${kind}.${sha256}.safetensors`;
}

/** What a path in a model's folder says of the int8 weights there; undefined where it is another file's. */
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
