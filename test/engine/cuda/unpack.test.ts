import { mkdir, readFile, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { StudioError } from "../../../engine/contract/errors.ts";
import { unpackLibraries } from "../../../engine/cuda/unpack.ts";
import { contentOf, entriesOf, WHEELS } from "../../fakes/cuda-wheels.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { zipOf, type ZipEntry } from "../../fakes/zip-writer.ts";

const CUDA = "libonnxruntime_providers_cuda.so";
const SHARED = "libonnxruntime_providers_shared.so";
const { wheel } = WHEELS.find(({ wheel: { project } }) => project === "onnxruntime-gpu")!;

async function unpack(folder: string, archive: Uint8Array, signal?: AbortSignal) {
  const path = join(temporaryFolder(), "some.whl");
  await writeFile(path, archive);
  return unpackLibraries({
    archive: path,
    libraries: wheel.libraries,
    folder,
    signal,
    onLibrary: () => {},
    damaged: (reason) => new StudioError("CUDA_DOWNLOAD_DAMAGED", { url: "here", reason }),
  });
}

/** The good wheel's entries, with one library changed. */
function withCuda(change: Partial<ZipEntry>): ZipEntry[] {
  return entriesOf(wheel).map((entry) =>
    entry.name.endsWith(CUDA) ? Object.assign(entry, change) : entry,
  );
}

const cudaData = contentOf(CUDA);
const cudaBytes = cudaData.byteLength;
const goodWheel = () => zipOf(entriesOf(wheel));
const sound = goodWheel();

test("unpacks only the wanted libraries, under its own names", async () => {
  const folder = temporaryFolder();
  const placed = await unpack(folder, sound);
  expect(placed.map(({ name, sizeBytes }) => ({ name, sizeBytes }))).toEqual([
    { name: CUDA, sizeBytes: cudaBytes },
    { name: SHARED, sizeBytes: contentOf(SHARED).byteLength },
  ]);
  expect((await readdir(folder)).toSorted()).toEqual([CUDA, SHARED]);
  expect(await readFile(join(folder, CUDA))).toEqual(cudaData);
});

test("unpacks stored libraries as well as deflated ones", async () => {
  const folder = temporaryFolder();
  await unpack(folder, zipOf(withCuda({ stored: true })));
  expect(await readFile(join(folder, CUDA))).toEqual(Buffer.from(cudaData));
});

const zeros = Buffer.alloc(50_000_000);
const damage: readonly [string, () => Uint8Array, string][] = [
  ["that is no zip", () => Buffer.from("<html>sign in first</html>"), "it is not a sound zip"],
  ["cut in its middle", () => goodWheel().subarray(0, 100_000), "it is not a sound zip"],
  ["without the CUDA library", () => zipOf(entriesOf(wheel).slice(0, 1)), "it lacks onnxruntime/"],
  [
    "that holds a library twice",
    () => zipOf([...entriesOf(wheel), ...withCuda({}).slice(1, 2)]),
    "twice",
  ],
  [
    "with a name that climbs out",
    () => zipOf([{ name: "../../evil.so", data: cudaData }, ...entriesOf(wheel)]),
    "it is not a sound zip",
  ],
  [
    "with an absolute name",
    () => zipOf([{ name: "/etc/evil.so", data: cudaData }, ...entriesOf(wheel)]),
    "it is not a sound zip",
  ],
  [
    "with a drive's name",
    () => zipOf([{ name: "C:/evil.so", data: cudaData }, ...entriesOf(wheel)]),
    "it is not a sound zip",
  ],
  [
    "with backslashes for folders",
    () => zipOf([{ name: "..\\..\\evil.so", data: cudaData }, ...entriesOf(wheel)]),
    "it is not a sound zip",
  ],
  [
    "that spells a library's path with backslashes",
    () => zipOf(withCuda({ name: wheel.libraries[0]!.path.replaceAll("/", "\\") })),
    "it is not a sound zip",
  ],
  [
    "whose library claims to be smaller than it is",
    () => zipOf(withCuda({ claimedBytes: 1_000 })),
    `${CUDA} claims 1000 bytes instead of ${cudaBytes}`,
  ],
  [
    "whose library claims to be larger than it is",
    () => zipOf(withCuda({ claimedBytes: cudaBytes + 1 })),
    `${CUDA} claims ${cudaBytes + 1} bytes instead of ${cudaBytes}`,
  ],
  [
    "with a bomb that tells its size",
    () => zipOf(withCuda({ data: zeros })),
    `${CUDA} claims 50000000 bytes instead of ${cudaBytes}`,
  ],
  [
    "with a bomb that hides its size",
    () => zipOf(withCuda({ data: zeros, claimedBytes: cudaBytes })),
    "it is not a sound zip",
  ],
  [
    "with an empty library",
    () => zipOf(withCuda({ data: Buffer.alloc(0) })),
    `${CUDA} claims 0 bytes`,
  ],
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
        ...entriesOf(wheel),
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
  const folder = temporaryFolder();
  await expect(unpack(folder, archive())).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason: expect.stringContaining(reason) },
  });
});

test("never writes more of a bomb than it claimed", async () => {
  const folder = temporaryFolder();
  const bomb = zipOf(withCuda({ data: zeros, claimedBytes: cudaBytes }));
  await expect(unpack(folder, bomb)).rejects.toBeInstanceOf(StudioError);
  const written = await readFile(join(folder, CUDA));
  expect(written.byteLength).toBeLessThanOrEqual(cudaBytes);
});

test("does not write through a link in its place", async () => {
  const folder = temporaryFolder();
  const victim = join(temporaryFolder(), "victim");
  await writeFile(victim, "mine");
  await symlink(victim, join(folder, SHARED));
  await expect(unpack(folder, goodWheel())).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(victim, "utf8")).toBe("mine");
});

test("rethrows the disk's own errors, which are not the package's fault", async () => {
  const folder = temporaryFolder();
  await mkdir(join(folder, SHARED));
  await expect(unpack(folder, goodWheel())).rejects.toMatchObject({ syscall: "open" });
});

test("rejects with the caller's own reason when cancelled", async () => {
  const folder = temporaryFolder();
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(unpack(folder, goodWheel(), signal)).rejects.toThrow("enough");
});

test("gives the right bytes or a refusal, whichever bytes are flipped", async () => {
  const flips = fc.array(
    fc.tuple(fc.nat({ max: sound.byteLength - 1 }), fc.integer({ min: 1, max: 255 })),
    { minLength: 1, maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(flips, async (flipped) => {
      const folder = temporaryFolder();
      const archive = Uint8Array.from(sound);
      for (const [at, mask] of flipped) archive[at]! ^= mask;
      const outcome = await unpack(folder, archive).then(
        async () => {
          const unpacked = await readFile(join(folder, CUDA));
          return Buffer.compare(unpacked, cudaData) === 0 ? "the library" : "wrong bytes";
        },
        (error: { code?: string }) => error.code ?? "no refusal",
      );
      expect(["the library", "CUDA_DOWNLOAD_DAMAGED"]).toContain(outcome);
    }),
    { numRuns: 20 },
  );
});
