import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { parseObject } from "../../../engine/snapshot/json.ts";
import {
  MAX_HEADER_BYTES,
  headerLength,
  readHeader,
} from "../../../engine/snapshot/safetensors.ts";
import { lengthPrefix, safetensors, withHeader } from "../../fakes/safetensors-writer.ts";

const FILE = "unet/diffusion_pytorch_model.safetensors";
const BYTES_PER_ELEMENT = { U8: 1, BF16: 2, F16: 2, F32: 4, I64: 8 };

const dtype = fc.constantFrom("U8", "BF16", "F16", "F32", "I64");
const shape = fc.array(fc.nat(3), { maxLength: 8 });
const tensor = fc.record({ dtype, shape }).map(({ dtype, shape }) => {
  const elements = shape.reduce((size, dimension) => size * dimension, 1);
  return { dtype, shape, bytes: new Uint8Array(elements * BYTES_PER_ELEMENT[dtype]) };
});
const name = fc.string({ unit: "binary", maxLength: 12 }).filter((name) => name !== "__metadata__");
const metadata = fc.dictionary(fc.string({ unit: "grapheme" }), fc.string());
const validFile = fc
  .tuple(fc.dictionary(name, tensor, { maxKeys: 8 }), metadata)
  .map(([tensors, metadata]) => ({ tensors, metadata, file: safetensors(tensors, metadata) }));

/** The code of the refusal that an action throws; any other error is a failure. */
function refusalOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof StudioError) return error.code;
    throw error;
  }
}

/**
 * Whether a file is refused properly, or read as tensors that follow each other from the header to the end of the file.
 */
function isRefusedOrSound(file: Uint8Array): boolean {
  const refusal = refusalOf(() => readHeader(file, file.length, FILE));
  if (refusal !== undefined) return refusal === "SAFETENSORS_INVALID";
  let end = 8 + headerLength(file, file.length, FILE);
  for (const { offset, lengthBytes } of readHeader(file, file.length, FILE).tensors.values()) {
    if (offset !== end) return false;
    end += lengthBytes;
  }
  return end === file.length;
}

test("reads back what a writer wrote: names, dtypes, shapes, bytes and metadata", () => {
  fc.assert(
    fc.property(validFile, ({ tensors, metadata, file }) => {
      const header = readHeader(file, file.length, FILE);
      expect(new Map(header.metadata)).toEqual(new Map(Object.entries(metadata)));
      expect(header.tensors.size).toBe(Object.keys(tensors).length);
      for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
        expect(header.tensors.get(name)).toMatchObject({ dtype, shape, lengthBytes: bytes.length });
      }
      expect(isRefusedOrSound(file)).toBe(true);
    }),
  );
});

test("returns offsets from the start of the file, in the order of the bytes", () => {
  const file = withHeader(
    {
      later: { dtype: "F32", shape: [2], data_offsets: [4, 12] },
      sooner: { dtype: "F16", shape: [2, 1], data_offsets: [0, 4] },
    },
    new Uint8Array(12),
  );
  const start = file.length - 12;
  expect([...readHeader(file, file.length, FILE).tensors]).toEqual([
    ["sooner", { dtype: "F16", shape: [2, 1], offset: start, lengthBytes: 4 }],
    ["later", { dtype: "F32", shape: [2], offset: start + 4, lengthBytes: 8 }],
  ]);
});

test("accepts a header padded with spaces, as the reference writer aligns it", () => {
  const file = withHeader(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}   `, Buffer.of(7));
  expect(readHeader(file, file.length, FILE).tensors.get("a")?.lengthBytes).toBe(1);
});

test("accepts numbers that need four or six bits if they fill whole bytes", () => {
  const tensors = {
    four: { dtype: "F4", shape: [2], bytes: new Uint8Array(1) },
    six: { dtype: "F6_E2M3", shape: [4], bytes: new Uint8Array(3) },
  };
  const file = safetensors(tensors);
  expect(readHeader(file, file.length, FILE).tensors.size).toBe(2);
});

describe("refuses by name, and never throws anything else,", () => {
  test("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(refusalOf(() => readHeader(bytes, bytes.length, FILE))).toBe("SAFETENSORS_INVALID");
      }),
    );
  });

  test("random bytes after a correct length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const file = Buffer.concat([lengthPrefix(bytes.length), bytes]);
        expect(refusalOf(() => readHeader(file, file.length, FILE))).toBe("SAFETENSORS_INVALID");
      }),
    );
  });

  test("random JSON as the header", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        expect(isRefusedOrSound(withHeader(json))).toBe(true);
      }),
    );
  });

  test("a valid header with one of its values replaced by any other", () => {
    const key = fc.constantFrom("dtype", "shape", "data_offsets");
    const near = fc.oneof(fc.jsonValue(), fc.array(fc.integer({ min: -1, max: 9 })), dtype);
    fc.assert(
      fc.property(fc.dictionary(name, tensor, { minKeys: 1 }), key, near, (tensors, key, value) => {
        const [first = ""] = Object.keys(tensors);
        const file = safetensors(tensors);
        const length = headerLength(file, file.length, FILE);
        const header = parseObject(Buffer.from(file.slice(8, 8 + length)).toString(), FILE);
        const entry = { dtype: "U8", shape: [0], data_offsets: [0, 0], [key]: value };
        const changed = Object.fromEntries([...Object.entries(header), [first, entry]]);
        expect(isRefusedOrSound(withHeader(changed, file.slice(8 + length)))).toBe(true);
      }),
    );
  });

  test("a valid file with bytes changed, cut off or added", () => {
    const edit = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    fc.assert(
      fc.property(
        validFile,
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: -20, max: 20 }),
        ({ file }, edits, growth) => {
          const damaged = new Uint8Array(Math.max(file.length + growth, 0));
          damaged.set(file.subarray(0, damaged.length));
          for (const { at, byte } of edits) damaged[at % damaged.length] = byte;
          expect(isRefusedOrSound(damaged)).toBe(true);
        },
      ),
    );
  });
});

/** Lengths of all magnitudes, and those around the limit. */
const announced = fc.oneof(
  fc.bigInt({ min: 0n, max: 200n }),
  fc.integer({ min: -2, max: 2 }).map((n) => BigInt(MAX_HEADER_BYTES + n)),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

test("refuses a length by its 8 bytes alone, before anything of that length is read", () => {
  fc.assert(
    fc.property(announced, fc.oneof(fc.nat(200), fc.nat(2 ** 40)), (length, size) => {
      const fits = length <= BigInt(MAX_HEADER_BYTES) && length + 8n <= BigInt(size);
      const refusal = refusalOf(() => headerLength(lengthPrefix(length), size, FILE));
      expect(refusal).toBe(fits ? undefined : "SAFETENSORS_INVALID");
    }),
  );
});
