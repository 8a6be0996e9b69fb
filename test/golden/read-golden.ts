import { readFileSync } from "node:fs";

/** The float32 tensors of a reference file in this folder, flat, by key. */
export function readGolden(file: string): ReadonlyMap<string, Float32Array> {
  const bytes = readFileSync(new URL(file, import.meta.url));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header: Record<string, { dtype: string; data_offsets: [number, number] }> = JSON.parse(
    bytes.toString("utf8", 8, start),
  );
  return new Map(
    Object.entries(header)
      .filter(([, { dtype }]) => dtype === "F32")
      .map(([key, { data_offsets: [from, to] }]) => [key, floats(bytes, start + from, start + to)]),
  );
}

/** A JSON file in this folder. */
export function readGoldenJson(file: string): unknown {
  const text = readFileSync(new URL(file, import.meta.url), "utf8");
  return JSON.parse(text.replaceAll("-Infinity", "null")); // as Python writes it, contrary to the standard
}

function floats(bytes: Uint8Array, from: number, to: number): Float32Array {
  return new Float32Array(Uint8Array.from(bytes.subarray(from, to)).buffer);
}
