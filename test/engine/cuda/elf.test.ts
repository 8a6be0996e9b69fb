import { createRequire } from "node:module";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { readDependencies, type ReadAt } from "../../../engine/cuda/elf.ts";
import { dependenciesOf } from "../../../engine/cuda/placement.ts";
import { elfOf } from "../../fakes/elf-writer.ts";

const readFrom =
  (bytes: Uint8Array): ReadAt =>
  async (offset, length) =>
    bytes.subarray(offset, offset + length);

test("reads what a library links to and where it looks", async () => {
  const library = elfOf(["libcudart.so.13", "libc.so.6"], { runPath: "$ORIGIN:/opt/cuda/lib64" });
  expect(await readDependencies(readFrom(library))).toEqual({
    needed: ["libcudart.so.13", "libc.so.6"],
    runPath: ["$ORIGIN", "/opt/cuda/lib64"],
  });
});

test("reads a real library as the linker's own tool does", async () => {
  const root = join(createRequire(import.meta.url).resolve("onnxruntime-node/package.json"), "..");
  const real = join(root, "bin/napi-v6/linux/x64/libonnxruntime.so.1");
  expect(await dependenciesOf(real)).toEqual({
    needed: [
      "libdl.so.2",
      "librt.so.1",
      "libpthread.so.0",
      "libstdc++.so.6",
      "libm.so.6",
      "libgcc_s.so.1",
      "libc.so.6",
      "ld-linux-x86-64.so.2",
    ],
    runPath: ["$ORIGIN"],
  });
});

test.each([
  ["an empty file", new Uint8Array(0)],
  ["text", Buffer.from("<html>not here</html>".repeat(10))],
  ["another machine's library", change(elfOf(["libc.so.6"]), 18, 0xb7)],
  ["a 32-bit library", change(elfOf(["libc.so.6"]), 4, 1)],
  ["a library cut after its header", elfOf(["libc.so.6"]).subarray(0, 70)],
  ["a library cut in its dynamic section", elfOf(["libc.so.6"]).subarray(0, 190)],
  ["a library cut in its names", elfOf(["libc.so.6"]).subarray(0, -3)],
  ["more program headers than any library has", change(elfOf(["libc.so.6"]), 57, 0xff)],
])("takes %s for no library", async (_, bytes) => {
  expect(await readDependencies(readFrom(bytes))).toBeNull();
});

test("stays within its limits whatever the bytes say", async () => {
  const sound = elfOf(["libcudart.so.13", "libcublas.so.13"], { runPath: "$ORIGIN" });
  const places = fc.nat({ max: sound.byteLength - 1 });
  const changes = fc.array(fc.tuple(places, fc.nat({ max: 255 })), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(changes, async (changed) => {
      const bytes = Uint8Array.from(sound);
      for (const [at, value] of changed) bytes[at] = value;
      let largest = 0;
      const found = await readDependencies(async (offset, length) => {
        largest = Math.max(largest, length);
        return bytes.subarray(offset, offset + length);
      });
      expect(largest).toBeLessThanOrEqual(64 * 1024);
      expect(found === null || found.needed.length <= 256).toBe(true);
    }),
    { numRuns: 500 },
  );
});

function change(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = value;
  return changed;
}
