import { randomFillSync } from "node:crypto";
import { entriesOf } from "./mar-writer.ts";
import type { ZipEntry } from "./zip-writer.ts";

const UNET = /^unet\/.*\.safetensors$/;

/** The tiny snapshot with this many more bytes in its UNet: a tensor that no network uses. */
export function largeModel(extraBytes: number): readonly ZipEntry[] {
  return entriesOf().map((entry) =>
    UNET.test(entry.name) ? { ...entry, data: withExtra(entry.data, extraBytes) } : entry,
  );
}

/** A weight file up to the point where another tensor's bytes would start, without these bytes. */
export function headWithExtra(file: Uint8Array, extraBytes: number): Buffer {
  const bytes = Buffer.from(file);
  const begin = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, begin)) as object;
  const data = bytes.subarray(begin);
  const offsets = [data.length, data.length + extraBytes];
  const extra = { dtype: "F16", shape: [extraBytes / 2], data_offsets: offsets };
  const json = Buffer.from(JSON.stringify({ ...header, "zz.unused": extra }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([length, json, data]);
}

function withExtra(file: Uint8Array, extraBytes: number): Buffer {
  return Buffer.concat([headWithExtra(file, extraBytes), randomFillSync(Buffer.alloc(extraBytes))]);
}
