import type { Piece } from "../snapshot/weight-layout.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "../tensor/half.ts";
import { balance, largestInColumns, largestInRows } from "../tensor/channel-scales.ts";
import { BLOCK_BYTES, type WeightSource } from "./weight-source.ts";

/** A move (graph/lowerings/scale-moves.ts) between tensors of one file, by their offsets. */
export interface MoveInFile {
  readonly channels: number;
  readonly makers: readonly number[];
  readonly readers: readonly number[];
}

/** Some rows of a tensor, starting at `first`; the memory is reused for the next. */
export interface Rows {
  readonly first: number;
  readonly rowLength: number;
  readonly weights: Float32Array;
  /** Number of bytes read for them. */
  readonly sourceBytes: number;
}

/** Reads a file's tensors in float32, a few rows at a time, with their channels scaled as the moves require. */
export class ScaledRows {
  readonly #source: WeightSource;
  readonly #pieces: ReadonlyMap<number, Piece>;
  /** Factors by tensor offset. */
  readonly #rows = new Map<number, Float32Array>();
  readonly #columns = new Map<number, Float32Array>();

  private constructor(source: WeightSource, pieces: readonly Piece[]) {
    this.#source = source;
    this.#pieces = new Map(pieces.map((piece) => [piece.sourceOffset, piece]));
  }

  /** Reads the tensors involved in moves once. */
  static async open(
    source: WeightSource,
    { pieces, moves }: { pieces: readonly Piece[]; moves: readonly MoveInFile[] },
    signal?: AbortSignal,
  ): Promise<ScaledRows> {
    const scaled = new ScaledRows(source, pieces);
    for (const move of moves) await scaled.#move(move, signal);
    return scaled;
  }

  /** Whether the tensor differs from the one in the file. */
  scales({ sourceOffset }: Piece): boolean {
    return this.#rows.has(sourceOffset) || this.#columns.has(sourceOffset);
  }

  async *of({ dtype, shape, sourceOffset, sourceBytes }: Piece): AsyncGenerator<Rows> {
    const [count = 1, ...rest] = shape;
    const rowLength = rest.reduce((size, one) => size * one, 1);
    const rowBytes = Math.max(1, sourceBytes / Math.max(1, count));
    const some = Math.max(1, Math.floor(BLOCK_BYTES / rowBytes)) * rowBytes;
    const factors = {
      rows: this.#rows.get(sourceOffset),
      columns: this.#columns.get(sourceOffset),
    };
    let first = 0;
    for await (const block of this.#source.blocks(sourceOffset, sourceBytes, some)) {
      const rows = { first, rowLength, weights: floatsOf(block, dtype), sourceBytes: block.length };
      scale(rows, factors);
      yield rows;
      first += rows.weights.length / rowLength;
    }
  }

  async #move({ channels, makers, readers }: MoveInFile, signal?: AbortSignal): Promise<void> {
    const [made, read] = [new Float32Array(channels), new Float32Array(channels)];
    for await (const rows of this.#rowsOf(makers)) {
      signal?.throwIfAborted();
      largestInRows(rows, made);
    }
    for await (const { weights } of this.#rowsOf(readers)) {
      signal?.throwIfAborted();
      largestInColumns(weights, read);
    }
    const factors = balance(made, read);
    for (const offset of makers) this.#rows.set(offset, factors);
    for (const offset of readers) {
      this.#columns.set(
        offset,
        factors.map((factor) => 1 / factor),
      );
    }
  }

  async *#rowsOf(offsets: readonly number[]): AsyncGenerator<Rows> {
    for (const offset of offsets) {
      const piece = this.#pieces.get(offset);
      if (piece !== undefined) yield* this.of(piece);
    }
  }
}

interface Factors {
  /** Of the first rows. */
  readonly rows: Float32Array | undefined;
  readonly columns: Float32Array | undefined;
}

function scale({ first, rowLength, weights }: Rows, { rows, columns }: Factors): void {
  if (rows === undefined && columns === undefined) return;
  for (let i = 0, row = first; i < weights.length; row++) {
    const factor = rows?.[row] ?? 1;
    for (let column = 0; column < rowLength; column++, i++) {
      weights[i] = (weights[i] ?? 0) * factor * (columns?.[column] ?? 1);
    }
  }
}

/** The block's values as float32, in the same memory if they already are. */
function floatsOf({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>, dtype: Piece["dtype"]) {
  if (dtype === "F32") return new Float32Array(buffer, byteOffset, length / 4);
  const bits = new Uint16Array(buffer, byteOffset, length / 2);
  return dtype === "F16" ? float16ToFloat32(bits) : bfloat16ToFloat32(bits);
}
