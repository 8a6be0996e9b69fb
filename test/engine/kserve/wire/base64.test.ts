import * as fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64, toBase64 } from "../../../../engine/kserve/wire/base64.ts";

test("bytes are read back from every spelling of base64", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const standard = toBase64(bytes);
      const forAddresses = standard.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
      expect(standard).toBe(Buffer.from(bytes).toString("base64"));
      expect([fromBase64(standard), fromBase64(forAddresses)]).toEqual([bytes, bytes]);
    }),
  );
});

test("a part of a larger buffer is written alone", () => {
  expect(toBase64(new Uint8Array([1, 2, 3, 4]).subarray(1, 3))).toBe("AgM=");
});

test.each(["a", "a dog", "YQ===", "Y=Q=", "ä", "YQ==YQ=="])("%j is none", (text) => {
  expect(fromBase64(text)).toBeUndefined();
});

test("eight megabytes are checked without recursion", () => {
  const text = "QUJD".repeat(2_000_000);
  expect(fromBase64(text)?.length).toBe(6_000_000);
  expect(fromBase64(`${text}!`)).toBeUndefined();
});
