import { tmpdir } from "node:os";

import { expect, test } from "vitest";

import { platformObstacle, surveyLibraries, thisMachine } from "../../../engine/cuda/machine.ts";
import { machineWith } from "../../fakes/cuda-package.ts";

const folders: Readonly<Record<string, readonly string[]>> = {
  "/home/me/cuda": ["libcudart.so.13"],
  "/app/x64": ["libcublas.so.13"],
  "/app/x64/more": ["libcublasLt.so.13"],
  "/usr/lib64": ["libcuda.so.1"],
  "/usr/local/cuda/lib64": ["libcurand.so.10"],
};

test("finds libraries by cache, by LD_LIBRARY_PATH, by the library's own path, and elsewhere", async () => {
  const environment = machineWith({
    libraryPath: "/home/me/cuda:/nowhere::",
    loaderCache: async () => "\tlibcudnn.so.9 (libc6,x86-64) => /usr/lib/libcudnn.so.9\n",
    namesIn: async (folder) => folders[folder] ?? [],
  });
  const found = await surveyLibraries(environment, "/app/x64", {
    needed: [],
    runPath: ["$ORIGIN", "${ORIGIN}/more"],
  });
  expect([...found.loadable].toSorted()).toEqual([
    "libcublas.so.13",
    "libcublasLt.so.13",
    "libcuda.so.1",
    "libcudart.so.13",
    "libcudnn.so.9",
  ]);
  expect([...found.elsewhere]).toEqual([["libcurand.so.10", "/usr/local/cuda/lib64"]]);
});

test.each([
  ["linux", "x64", "none"],
  ["linux", "arm64", "CPU (cpu)"],
  ["win32", "x64", "DirectML (dml)"],
  ["darwin", "arm64", "Core ML (coreml)"],
  ["darwin", "x64", "no build for Intel Macs"],
  ["freebsd", "x64", "no CUDA build for freebsd"],
])("says on %s %s what there is instead", (platform, arch, words) => {
  const obstacle = platformObstacle(machineWith({ platform, arch }));
  expect(obstacle ?? "none").toContain(words);
});

test("asks the machine it runs on without failing, whatever is installed", async () => {
  const machine = thisMachine();
  const found = await surveyLibraries(machine, tmpdir(), { needed: [], runPath: [] });
  expect(machine.platform).toBe(process.platform);
  expect(await machine.freeBytes(tmpdir())).toBeGreaterThan(0);
  expect(found.nvidiaSmi === null || typeof found.nvidiaSmi === "string").toBe(true);
});

test.skipIf(process.platform !== "linux")("finds the C library this process runs on", async () => {
  const found = await surveyLibraries(thisMachine(), tmpdir(), { needed: [], runPath: [] });
  expect(found.loadable).toContain("libc.so.6");
});
