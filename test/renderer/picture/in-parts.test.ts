import { expect, test } from "vitest";
import { inParts } from "../../../renderer/picture/in-parts.ts";

const ids = Array.from({ length: 1201 }, (_, index) => `i${index}`);

test("handles any number of pictures in parts of the size of one call", async () => {
  const parts: string[][] = [];
  await inParts(ids, async (part) => void parts.push(part));
  expect(parts.map(({ length }) => length)).toEqual([500, 500, 201]);
  expect(parts.flat()).toEqual(ids);
});

test("stops at the first part that is refused", async () => {
  let calls = 0;
  const refuse = async () => {
    calls++;
    throw new Error("refused");
  };
  await expect(inParts(ids, refuse)).rejects.toThrow("refused");
  expect(calls).toBe(1);
});
