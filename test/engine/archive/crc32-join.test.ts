import { crc32 } from "node:zlib";
import { assert, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { joinCrc32 } from "../../../engine/archive/crc32-join.ts";

test("the checksum of two pieces equals that of both together", () => {
  assert(
    property(uint8Array({ maxLength: 3000 }), uint8Array({ maxLength: 3000 }), (a, b) => {
      expect(joinCrc32(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
    }),
  );
});

test("a piece may be longer than 32 bits can count", () => {
  // Zeros, doubled 33 times from one byte: 8 GiB, compared with zlib's own running sum of the last 64 MiB.
  const block = Buffer.alloc(64 << 20);
  let [sum, length] = [crc32(Buffer.alloc(1)), 1];
  const sums = new Map([[length, sum]]);
  while (length < 2 ** 33) {
    sum = joinCrc32(sum, sum, length);
    sums.set((length *= 2), sum);
  }
  expect(sums.get(block.length)).toBe(crc32(block));
  expect(joinCrc32(sum, crc32(block), block.length)).toBe(crc32(block, sum));
});
