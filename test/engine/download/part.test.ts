import { createHash } from "node:crypto";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PartHash, resumable, startPart } from "../../../engine/download/part.ts";
import { noise } from "../../fakes/noise.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const bytes = noise(100_000);
const sha256 = createHash("sha256").update(bytes).digest("hex");

test("hashes what is written, and reads what an earlier run wrote", async () => {
  const part = join(temporaryFolder(), "a.part");
  writeFileSync(part, bytes.subarray(0, 40_000));
  const hash = new PartHash(part, "sha256");
  await hash.catchUp(40_000, undefined);
  appendFileSync(part, bytes.subarray(40_000));
  hash.add(bytes.subarray(40_000, 70_000), 40_000);
  hash.add(bytes.subarray(70_000), 70_000);
  await hash.catchUp(100_000, undefined);
  expect(hash.digest().toString("hex")).toBe(sha256);
});

test("is not misled by bytes at another position, or by a part that started again", async () => {
  const part = join(temporaryFolder(), "a.part");
  writeFileSync(part, bytes);
  const hash = new PartHash(part, "sha256");
  hash.add(bytes.subarray(0, 1000), 0);
  hash.add(bytes.subarray(5000, 6000), 5000);
  await hash.catchUp(100_000, undefined);
  hash.restart();
  hash.add(bytes.subarray(0, 10), 0);
  await hash.catchUp(5, undefined);
  await hash.catchUp(100_000, undefined);
  expect(hash.digest().toString("hex")).toBe(sha256);
});

test("stops reading when cancelled", async () => {
  const part = join(temporaryFolder(), "a.part");
  writeFileSync(part, bytes);
  const reading = new PartHash(part, "sha256").catchUp(
    100_000,
    AbortSignal.abort(new Error("enough")),
  );
  await expect(reading).rejects.toThrow("enough");
});

test.each([
  ["a part with its validator", 500, '"one"', { bytes: 500, validator: '"one"' }],
  ["a part that is whole, whatever vouches for it", 1000, "", { bytes: 1000, validator: "" }],
  ["nothing of a part without a validator", 500, "", { bytes: 0, validator: null }],
  ["nothing of a part that is too long", 1001, '"one"', { bytes: 0, validator: null }],
])("continues with %s", async (_, length, validator, held) => {
  const part = join(temporaryFolder(), "a.part");
  await startPart(part, validator);
  writeFileSync(part, bytes.subarray(0, length));
  expect(await resumable(part, 1000)).toEqual(held);
});
