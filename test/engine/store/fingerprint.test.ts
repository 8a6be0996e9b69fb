import { expect, test } from "vitest";
import { fingerprintOf } from "../../../engine/store/fingerprint.ts";
import { memorySnapshot } from "../../fakes/memory-snapshot.ts";
import { float32, safetensors } from "../../fakes/safetensors-writer.ts";

const PATH = "unet/diffusion_pytorch_model.safetensors";

/** Three megabytes of weights ending with the number `last`, under a given name. */
function fingerprint(last: number, name = "w"): Promise<string> {
  const values = new Float32Array(750_000).map((_, i) => i);
  values[values.length - 1] = last;
  const file = safetensors({ [name]: float32([values.length], values) });
  return fingerprintOf(memorySnapshot(new Map([[PATH, file]])), [PATH]);
}

test("is the same for the same weights, and different for another number, name or size", async () => {
  const fingerprints = await Promise.all([
    fingerprint(1),
    fingerprint(1),
    fingerprint(2),
    fingerprint(1, "v"),
  ]);
  expect(fingerprints[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(fingerprints[1]).toBe(fingerprints[0]);
  expect(new Set(fingerprints).size).toBe(3);
});

test("reads no more than a megabyte and the header of a file, however large", async () => {
  const size = 5_000_000_000;
  const header = safetensors({ w: float32([0], new Float32Array()) });
  let read = 0;
  const files = {
    list: async () => [{ path: PATH, sizeBytes: size }],
    async readBytes(_: string, start: number, length: number) {
      read += length;
      return start < header.length ? header.slice(start, start + length) : new Uint8Array(length);
    },
  };
  await fingerprintOf(files, [PATH]);
  expect(read).toBeLessThan(1_048_576 + 2 * header.length);
});
