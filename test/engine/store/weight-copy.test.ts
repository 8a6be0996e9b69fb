import { createHash } from "node:crypto";
import {
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readHeader } from "../../../engine/snapshot/safetensors.ts";
import { float32Copy, quantizedCopy } from "../../../engine/store/weight-copy.ts";
import type { CopyProgress } from "../../../engine/store/make-copy.ts";
import { safetensors, type RawTensor } from "../../fakes/safetensors-writer.ts";
import { forgetCopies } from "../../../engine/store/kept-copies.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { float32Values, tensorsOf } from "../../fixtures/rewrites.ts";

function half(dtype: "F16" | "BF16", shape: readonly number[], bits: readonly number[]): RawTensor {
  return { dtype, shape, bytes: new Uint8Array(Uint16Array.from(bits).buffer) };
}

/** More than one block of a megabyte, with all numbers different. */
const LARGE = half(
  "F16",
  [600_000],
  Array.from({ length: 600_000 }, (_, i) => i % 0x7c00),
);
const MIXED = {
  position_ids: { dtype: "I64", shape: [1, 2], bytes: new Uint8Array(16).fill(7) },
  "a.weight": half("F16", [2, 2], [0x3c00, 0xbc00, 0x0001, 0x7bff]),
  empty: half("F16", [0], []),
  "b.weight": half("BF16", [3], [0x3f80, 0xc000, 0x0001]),
  large: LARGE,
  "c.weight": { dtype: "F32", shape: [1], bytes: new Uint8Array(Float32Array.of(1.5).buffer) },
};

/** A file of these tensors, and an empty cache. */
function setUp(tensors: Readonly<Record<string, RawTensor>> = MIXED) {
  const folder = temporaryFolder();
  const source = join(folder, "model.safetensors");
  writeFileSync(source, safetensors(tensors));
  const cacheFolder = join(folder, "cache");
  const weights = join(cacheFolder, "weights");
  const copies = () =>
    existsSync(weights) ? readdirSync(weights).filter((name) => name !== "index.json") : [];
  return { source, cacheFolder, copies };
}

async function noSpace(): Promise<number> {
  return 0;
}

test("widens half tensors exactly and leaves the others unchanged", async () => {
  const { source, cacheFolder } = setUp();
  const { path, layout } = await float32Copy(source, { cacheFolder });
  const file = new Uint8Array(readFileSync(path));
  expect(file.length).toBe(layout.sizeBytes);
  expect([...readHeader(file, file.length, path).metadata]).toEqual([["format", "pt"]]);
  const copied = tensorsOf(file);
  expect(Object.keys(copied)).toEqual(Object.keys(MIXED));
  expect(copied["position_ids"]).toEqual(MIXED.position_ids);
  expect([...float32Values(copied["a.weight"]!)]).toEqual([1, -1, 2 ** -24, 65504]);
  expect([...float32Values(copied["b.weight"]!)]).toEqual([1, -2, 2 ** -133]);
  expect(float32Values(copied["c.weight"]!)).toEqual(Float32Array.of(1.5));
  expect(copied["large"]).toMatchObject({ dtype: "F32", shape: [600_000] });
  const equal = Buffer.compare(
    new Uint8Array(float32Values(copied["large"]!).buffer),
    new Uint8Array(float32Values(LARGE).buffer),
  );
  expect(equal).toBe(0);
});

test("aligns its tensors to 64 bytes and records each one's source", async () => {
  const { source, cacheFolder } = setUp();
  const { path, layout } = await float32Copy(source, { cacheFolder });
  expect(layout.head.length % 64).toBe(0);
  const before = readHeader(readFileSync(source), statSync(source).size, source).tensors;
  const after = readHeader(readFileSync(path), statSync(path).size, path).tensors;
  const moves = layout.pieces.map(({ sourceOffset, targetOffset }) => [sourceOffset, targetOffset]);
  expect(moves).toEqual([...before].map(([name, { offset }]) => [offset, after.get(name)?.offset]));
});

test("is named by the source's hash and found again without reading the source", async () => {
  const { source, cacheFolder, copies } = setUp();
  const first = await float32Copy(source, { cacheFolder });
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex");
  expect(copies()).toEqual([`${hash}.safetensors`]);
  const events: CopyProgress[] = [];
  const second = await float32Copy(source, { cacheFolder, onProgress: (e) => events.push(e) });
  expect(second.path).toBe(first.path);
  expect(events).toEqual([]);
});

test("is found by content under another name or date, and not written again", async () => {
  const { source, cacheFolder } = setUp();
  const { path } = await float32Copy(source, { cacheFolder });
  const written = statSync(path).mtimeMs;
  utimesSync(source, 1, 1);
  const found = await float32Copy(source, { cacheFolder, freeBytes: noSpace });
  expect(found.path).toBe(path);
  expect(statSync(path).mtimeMs).toBe(written);
});

test("is another file when the source has other bytes", async () => {
  const { source, cacheFolder, copies } = setUp();
  await float32Copy(source, { cacheFolder });
  writeFileSync(source, safetensors({ ...MIXED, b: half("F16", [1], [0x3c00]) }));
  await float32Copy(source, { cacheFolder });
  expect(copies()).toHaveLength(2);
});

test("is made again when it was cut off, or when the index is damaged", async () => {
  const { source, cacheFolder } = setUp();
  const { path, layout } = await float32Copy(source, { cacheFolder });
  truncateSync(path, 1000);
  await float32Copy(source, { cacheFolder });
  expect(statSync(path).size).toBe(layout.sizeBytes);
  for (const index of ["", "null", "[]", '{"x":{"sha256":"../../escape"}}']) {
    writeFileSync(join(cacheFolder, "weights", "index.json"), index);
    expect((await float32Copy(source, { cacheFolder })).path).toBe(path);
  }
});

test("counts every byte of the source twice: once hashed, once converted", async () => {
  const { source, cacheFolder } = setUp();
  const events: CopyProgress[] = [];
  await float32Copy(source, { cacheFolder, onProgress: (event) => events.push(event) });
  const total = 2 * statSync(source).size;
  expect(events.every(({ totalBytes }) => totalBytes === total)).toBe(true);
  const done = events.map(({ doneBytes }) => doneBytes);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  const headerBytes =
    total / 2 - Object.values(MIXED).reduce((n, { bytes }) => n + bytes.length, 0);
  expect(done.at(-1)).toBe(total - headerBytes);
});

test("says where a copy is written and how large it becomes, once it is written", async () => {
  const { source, cacheFolder } = setUp();
  const told: CopyProgress["copy"][] = [];
  const onProgress = ({ copy }: CopyProgress) => told.push(copy);
  const { layout } = await float32Copy(source, { cacheFolder, onProgress });
  expect(told[0]).toBeUndefined();
  const copy = { folder: join(cacheFolder, "weights"), sizeBytes: layout.sizeBytes };
  expect(told.at(-1)).toEqual(copy);
});

test("concurrent writers make one valid copy", async () => {
  const { source, cacheFolder, copies } = setUp();
  const racing = Array.from({ length: 4 }, () => float32Copy(source, { cacheFolder }));
  const paths = new Set((await Promise.all(racing)).map(({ path }) => path));
  expect(paths.size).toBe(1);
  expect(copies()).toHaveLength(1);
  const file = readFileSync([...paths][0]!);
  expect(readHeader(file, file.length, "copy").tensors.size).toBe(6);
});

describe("leaves nothing half-written", () => {
  test.each([
    ["while hashing", 1],
    ["while converting", 6],
  ])("when cancelled %s", async (_, after) => {
    const { source, cacheFolder, copies } = setUp();
    const controller = new AbortController();
    let events = 0;
    const onProgress = () => {
      if (++events === after) controller.abort();
    };
    const copying = float32Copy(source, { cacheFolder, onProgress, signal: controller.signal });
    await expect(copying).rejects.toMatchObject({ name: "AbortError" });
    expect(copies()).toEqual([]);
  });

  test("when the disk is too full, which is known before the first byte", async () => {
    const { source, cacheFolder, copies } = setUp();
    const copying = float32Copy(source, { cacheFolder, freeBytes: async () => 1_200_000 });
    await expect(copying).rejects.toThrow(
      expect.objectContaining({
        code: "DISK_FULL",
        message: expect.stringContaining("needs 2.4 MB, but only 1.2 MB are free"),
      }),
    );
    expect(copies()).toEqual([]);
  });

  test("when the source grows while it is read", async () => {
    const { source, cacheFolder, copies } = setUp();
    const onProgress = () => writeFileSync(source, "more", { flag: "a" });
    await expect(float32Copy(source, { cacheFolder, onProgress })).rejects.toThrow(
      "it changed while it was being read",
    );
    expect(copies()).toEqual([]);
  });
});

test("refuses a cache folder that is a file", async () => {
  const { source } = setUp();
  await expect(float32Copy(source, { cacheFolder: source })).rejects.toThrow(
    expect.objectContaining({ code: "CACHE_UNWRITABLE" }),
  );
});

test("refuses a source that is not a safetensors file", async () => {
  const { source, cacheFolder } = setUp();
  writeFileSync(source, "not weights at all");
  await expect(float32Copy(source, { cacheFolder })).rejects.toThrow(
    expect.objectContaining({ code: "SAFETENSORS_INVALID" }),
  );
});

test("a source of the same size and age with other numbers gets its own copy", async () => {
  const { source, cacheFolder, copies } = setUp();
  await float32Copy(source, { cacheFolder });
  const { atime, mtime } = statSync(source);
  const bytes = readFileSync(source);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(source, bytes);
  utimesSync(source, atime, mtime);
  await float32Copy(source, { cacheFolder });
  expect(copies().length).toBe(2);
});

describe("with integers", () => {
  const MATRIX = half("F16", [2, 2], [0x3c00, 0xbc00, 0x3800, 0x4000]);
  const tensors = { ...MIXED, "a.weight": MATRIX };
  const offsetOf = (source: string) =>
    readHeader(readFileSync(source), statSync(source).size, source).tensors.get("a.weight")!.offset;

  test("a tensor becomes int8 and its scales, the other half floats float32", async () => {
    const { source, cacheFolder } = setUp(tensors);
    const offsets = new Set([offsetOf(source)]);
    const { path, layout } = await quantizedCopy(source, { offsets, bits: 8 }, { cacheFolder });
    const file = new Uint8Array(readFileSync(path));
    expect(file.length).toBe(layout.sizeBytes);
    const copied = tensorsOf(file);
    expect(copied["a.weight"]).toBeUndefined();
    expect(copied["a.weight.int8"]).toMatchObject({ dtype: "I8", shape: [2, 2] });
    expect([...new Int8Array(copied["a.weight.int8"]!.bytes.slice().buffer)]).toEqual([
      127, 32, -127, 127,
    ]);
    const scales = new Float32Array(copied["a.weight.scale"]!.bytes.slice().buffer);
    expect([...scales]).toEqual([1 / 127, 2 / 127].map(Math.fround));
    expect([...float32Values(copied["b.weight"]!)]).toEqual([1, -2, 2 ** -133]);
    expect(copied["position_ids"]).toEqual(MIXED.position_ids);
  });

  test("rows that do not fit into one block together are quantized nevertheless", async () => {
    const values = Float32Array.from({ length: 700 * 600 }, (_, i) => (i % 1000) - 500);
    const large = {
      dtype: "F32",
      shape: [700, 600],
      bytes: new Uint8Array(values.buffer),
    } as const;
    const { source, cacheFolder } = setUp({ "a.weight": large });
    const offsets = new Set([offsetOf(source)]);
    const { path } = await quantizedCopy(source, { offsets, bits: 8 }, { cacheFolder });
    const copied = tensorsOf(new Uint8Array(readFileSync(path)));
    const whole = new Int8Array(copied["a.weight.int8"]!.bytes.slice().buffer);
    const scales = new Float32Array(copied["a.weight.scale"]!.bytes.slice().buffer);
    const errors = Array.from(values, (value, i) => {
      const [row, column] = [Math.floor(i / 600), i % 600];
      return Math.abs(whole[column * 700 + row]! * scales[row]! - value);
    });
    expect(errors.filter((error) => error > 0.501 * (500 / 127))).toEqual([]);
  });

  test("is stored beside the float32 copy, one for each choice and number of bits", async () => {
    const { source, cacheFolder, copies } = setUp(tensors);
    const offsets = new Set([offsetOf(source)]);
    await float32Copy(source, { cacheFolder });
    await quantizedCopy(source, { offsets, bits: 8 }, { cacheFolder });
    await quantizedCopy(source, { offsets, bits: 7 }, { cacheFolder });
    await quantizedCopy(source, { offsets: new Set(), bits: 8 }, { cacheFolder });
    await quantizedCopy(source, { offsets, bits: 8 }, { cacheFolder });
    expect(copies()).toHaveLength(4);
    const [sha256 = ""] = copies()[0]!.split(".");
    await forgetCopies(cacheFolder, [{ sha256 }]);
    expect(copies()).toEqual([]);
  });
});
