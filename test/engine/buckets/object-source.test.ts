import { expect, test } from "vitest";
import { openObject } from "../../../engine/buckets/object-source.ts";
import { fakeConnection } from "../../fakes/fake-connection.ts";
import { refusal } from "../../fakes/refusal.ts";

const { signal } = new AbortController();
const BLOCK = 1 << 18;

test("an object that is replaced while parts of it are read is refused by name", async () => {
  const { bucket, kept } = await fakeConnection();
  kept.put("model.mar", { bytes: Buffer.alloc(3 * BLOCK, 1) });
  const source = await openObject(bucket, { key: "model.mar" }, signal);
  const [first] = await Array.fromAsync(source.read(0, 4));
  expect(first).toEqual(Buffer.alloc(4, 1));
  kept.put("model.mar", { bytes: Buffer.alloc(3 * BLOCK, 2) });
  // What was read is kept; the rest would belong to another object.
  expect(await Array.fromAsync(source.read(4, 8))).toEqual([Buffer.alloc(4, 1)]);
  await expect(Array.fromAsync(source.read(BLOCK, BLOCK + 4))).rejects.toEqual(
    refusal("OBJECT_CHANGED", { bucket: "toys", key: "model.mar" }),
  );
});
