import { mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { StudioError } from "../../../engine/contract/errors.ts";
import { CUDA_SOURCE } from "../../../engine/cuda/source.ts";
import { unpackLibraries } from "../../../engine/cuda/unpack.ts";
import { goodPackage, packageEntries, workshop, type Workshop } from "../../fakes/cuda-package.ts";
import { zipOf, type ZipEntry } from "../../fakes/zip-writer.ts";

const CUDA = "libonnxruntime_providers_cuda.so";
const SHARED = "libonnxruntime_providers_shared.so";
const LIBRARIES = CUDA_SOURCE.libraries.map(({ path, name, expectedBytes }) => {
  return { path, name, expectedBytes, maxBytes: 1_000_000 };
});

async function unpack(shop: Workshop, archive: Uint8Array, signal?: AbortSignal) {
  const path = join(shop.targetFolder, "..", "package.nupkg");
  await writeFile(path, archive);
  return unpackLibraries({
    archive: path,
    libraries: LIBRARIES,
    folder: shop.targetFolder,
    signal,
    onLibrary: () => {},
    damaged: (reason) => new StudioError("CUDA_DOWNLOAD_DAMAGED", { url: "here", reason }),
  });
}

/** The good package's entries with one library changed. */
function withCuda(change: Partial<ZipEntry>): ZipEntry[] {
  return packageEntries().map((entry) =>
    entry.name.endsWith(CUDA) ? Object.assign(entry, change) : entry,
  );
}

const cudaData = packageEntries().find((entry) => entry.name.endsWith(CUDA))!.data;
const sound = goodPackage();

test("unpacks the wanted libraries under names of its own, and nothing else", async () => {
  await using shop = await workshop();
  const placed = await unpack(shop, goodPackage());
  expect(placed.map(({ name, sizeBytes }) => ({ name, sizeBytes }))).toEqual([
    { name: SHARED, sizeBytes: packageEntries()[1]!.data.byteLength },
    { name: CUDA, sizeBytes: cudaData.byteLength },
  ]);
  expect((await readdir(shop.targetFolder)).toSorted()).toEqual([CUDA, SHARED]);
  expect(await readFile(join(shop.targetFolder, CUDA))).toEqual(Buffer.from(cudaData));
});

test("unpacks stored libraries as well as deflated ones", async () => {
  await using shop = await workshop();
  await unpack(shop, zipOf(withCuda({ stored: true })));
  expect(await readFile(join(shop.targetFolder, CUDA))).toEqual(Buffer.from(cudaData));
});

const zeros = Buffer.alloc(50_000_000);
const damage: readonly [string, () => Uint8Array, string][] = [
  ["that is no zip", () => Buffer.from("<html>sign in first</html>"), "it is not a sound zip"],
  ["cut in its middle", () => goodPackage().subarray(0, 100_000), "it is not a sound zip"],
  ["without the CUDA library", () => zipOf(packageEntries().slice(0, 2)), "it lacks runtimes/"],
  [
    "that holds a library twice",
    () => zipOf([...packageEntries(), ...withCuda({}).slice(2, 3)]),
    "twice",
  ],
  [
    "with a name that climbs out",
    () => zipOf([{ name: "../../evil.so", data: cudaData }, ...packageEntries()]),
    "it is not a sound zip",
  ],
  [
    "with an absolute name",
    () => zipOf([{ name: "/etc/evil.so", data: cudaData }, ...packageEntries()]),
    "it is not a sound zip",
  ],
  [
    "with a drive's name",
    () => zipOf([{ name: "C:/evil.so", data: cudaData }, ...packageEntries()]),
    "it is not a sound zip",
  ],
  [
    "with backslashes for folders",
    () => zipOf([{ name: "..\\..\\evil.so", data: cudaData }, ...packageEntries()]),
    "it is not a sound zip",
  ],
  [
    "that spells a library's path with backslashes",
    () => zipOf(withCuda({ name: CUDA_SOURCE.libraries[1]!.path.replaceAll("/", "\\") })),
    "it is not a sound zip",
  ],
  [
    "whose library claims to be smaller than it is",
    () => zipOf(withCuda({ claimedBytes: 1_000 })),
    "it is not a sound zip",
  ],
  [
    "whose library claims to be larger than it is",
    () => zipOf(withCuda({ claimedBytes: cudaData.byteLength + 1 })),
    "it is not a sound zip",
  ],
  [
    "whose library claims more than any library has",
    () => zipOf(withCuda({ claimedBytes: 1_000_001 })),
    `${CUDA} claims 1000001 bytes, more than 1000000`,
  ],
  [
    "with a bomb that tells its size",
    () => zipOf(withCuda({ data: zeros })),
    `${CUDA} claims 50000000 bytes, more than 1000000`,
  ],
  [
    "with a bomb that hides its size",
    () => zipOf(withCuda({ data: zeros, claimedBytes: 300_000 })),
    "it is not a sound zip",
  ],
  ["with an empty library", () => zipOf(withCuda({ data: Buffer.alloc(0) })), `${CUDA} is empty`],
  [
    "whose library does not match its CRC-32",
    () => zipOf(withCuda({ stored: true, claimedCrc: crc32("something else") })),
    `${CUDA} does not match its CRC-32`,
  ],
  ["whose library is encrypted", () => zipOf(withCuda({ flags: 1 })), `${CUDA} is encrypted`],
  [
    "compressed by an unknown method",
    () => zipOf(withCuda({ method: 93 })),
    `${CUDA} is compressed by method 93`,
  ],
  [
    "whose libraries lie one in the other",
    () => zipOf(withCuda({ claimedOffset: 80 })),
    "its libraries overlap",
  ],
  [
    "with thousands of entries",
    () =>
      zipOf([
        ...packageEntries(),
        ...Array.from({ length: 5_000 }, (_, index) => ({
          name: `${index}`,
          data: Buffer.from("x"),
          stored: true,
        })),
      ]),
    "it has 5005 entries",
  ],
];

test.each(damage)("refuses a package %s", async (_, archive, reason) => {
  await using shop = await workshop();
  await expect(unpack(shop, archive())).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason: expect.stringContaining(reason) },
  });
});

test("never writes more of a bomb than it claimed", async () => {
  await using shop = await workshop();
  const bomb = zipOf(withCuda({ data: zeros, claimedBytes: 300_000 }));
  await expect(unpack(shop, bomb)).rejects.toBeInstanceOf(StudioError);
  const written = await readFile(join(shop.targetFolder, CUDA));
  expect(written.byteLength).toBeLessThanOrEqual(300_000);
});

test("does not write through a link that waits in its place", async () => {
  await using shop = await workshop();
  const victim = join(shop.targetFolder, "..", "victim");
  await writeFile(victim, "mine");
  await symlink(victim, join(shop.targetFolder, SHARED));
  await expect(unpack(shop, goodPackage())).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(victim, "utf8")).toBe("mine");
});

test("lets the disk's own errors pass, for they are not the package's fault", async () => {
  await using shop = await workshop();
  await mkdir(join(shop.targetFolder, SHARED));
  await expect(unpack(shop, goodPackage())).rejects.toMatchObject({ syscall: "open" });
});

test("rejects with the caller's own reason when cancelled", async () => {
  await using shop = await workshop();
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(unpack(shop, goodPackage(), signal)).rejects.toThrow("enough");
});

test("ends in the right bytes or in a refusal, whichever bytes are flipped", async () => {
  const flips = fc.array(
    fc.tuple(fc.nat({ max: sound.byteLength - 1 }), fc.integer({ min: 1, max: 255 })),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(flips, async (flipped) => {
      await using shop = await workshop();
      const archive = Uint8Array.from(sound);
      for (const [at, mask] of flipped) archive[at]! ^= mask;
      const outcome = await unpack(shop, archive).then(
        async () => {
          const unpacked = await readFile(join(shop.targetFolder, CUDA));
          return Buffer.compare(unpacked, cudaData) === 0 ? "the library" : "wrong bytes";
        },
        (error: { code?: string }) => error.code ?? "no refusal",
      );
      expect(["the library", "CUDA_DOWNLOAD_DAMAGED"]).toContain(outcome);
    }),
    { numRuns: 20 },
  );
});
