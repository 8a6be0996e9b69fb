import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { appendFile, chmod, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { cudaNeeds } from "../../../engine/cuda/install.ts";
import { placedFolder } from "../../../engine/cuda/placement.ts";
import type { CudaProgress } from "../../../engine/cuda/progress.ts";
import { nameOf, unpackedBytes } from "../../../engine/cuda/source.ts";
import {
  contentOf,
  entriesOf,
  GOOD_MACHINE,
  indexAnswer,
  installFrom,
  LIBRARIES,
  smallWheel,
  SMALL_SOURCE,
  sourceOf,
  WHEELS,
  workshopIn,
  type Workshop,
} from "../../fakes/cuda-wheels.ts";
import { refusal } from "../../fakes/refusal.ts";
import { standInHost, type StandInHost } from "../../fakes/stand-in-host.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const RUNTIME = "libonnxruntime.so.1";
const PLACED = [...LIBRARIES, RUNTIME, "placed.json"].toSorted();
const [first, second] = [WHEELS[0]!, WHEELS[1]!];
const TOTAL = WHEELS.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);

const placedIn = async ({ folder }: Workshop) => {
  const names: string[] = await readdir(folder).catch(() => []);
  return names.toSorted();
};
const isWhole = ({ folder }: Workshop) => placedFolder(folder, SMALL_SOURCE) === folder;
const filesAsked = (host: StandInHost) =>
  host.asked.map(({ path }) => path).filter((path) => path.startsWith("/files/"));

test("downloads, checks, unpacks and tests the CUDA libraries", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const seen: CudaProgress[] = [];
  const report = await installFrom(host.url, shop, { onProgress: (one) => seen.push(one) });
  expect(report).toEqual({
    installed: "placed",
    version: "1.30.0",
    folder: shop.folder,
    missing: [],
    probe: { ok: true },
  });
  expect(await placedIn(shop)).toEqual(PLACED);
  for (const name of [...LIBRARIES, RUNTIME]) {
    expect(await readFile(join(shop.folder, name))).toEqual(contentOf(name));
  }
  expect(isWhole(shop)).toBe(true);
  const stages = [...new Set(seen.map(({ stage }) => stage))];
  expect(stages).toEqual(["checking", "planned", "downloading", "unpacking", "probing"]);
  const last = seen.findLast((progress) => progress.stage === "downloading");
  expect(last).toMatchObject({ receivedBytes: TOTAL, totalBytes: TOTAL });
});

test("two installers at once: the second is refused, and everything works once the first is done", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  let second: Promise<unknown> | undefined;
  const onProgress = ({ stage }: CudaProgress): void => {
    if (stage === "planned") second = installFrom(host.url, shop).catch((error: unknown) => error);
  };
  await installFrom(host.url, shop, { onProgress });
  expect(await second).toEqual(refusal("STATE_CONFLICT"));
  expect(filesAsked(host)).toHaveLength(WHEELS.length);
  expect(isWhole(shop)).toBe(true);
  expect((await installFrom(host.url, shop)).installed).toBe("already there");
});

test("says what it needs before the first byte", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const planned: CudaProgress[] = [];
  let askedBefore = -1;
  await installFrom(host.url, shop, {
    onProgress: (progress) => {
      if (progress.stage !== "planned") return;
      planned.push(progress);
      askedBefore = host.asked.length;
    },
  });
  expect(askedBefore).toBe(0);
  const unpacked = SMALL_SOURCE.wheels.reduce((sum, wheel) => sum + unpackedBytes(wheel), 0);
  const installedBytes = unpacked + contentOf(RUNTIME).byteLength;
  expect(planned).toMatchObject([{ downloadBytes: TOTAL, installedBytes, freeBytes: 1e12 }]);
});

test("reads an index with HTML only", async () => {
  await using host = await standInHost(indexAnswer({ isHtml: true }));
  const shop = workshopIn(temporaryFolder());
  expect(await installFrom(host.url, shop)).toMatchObject({ installed: "placed" });
  expect(isWhole(shop)).toBe(true);
});

test("downloads nothing before NVIDIA's licence is accepted", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const refused = installFrom(host.url, shop, { acceptsLicence: false });
  await expect(refused).rejects.toMatchObject({ code: "CUDA_LICENCE" });
  expect(host.asked).toEqual([]);
});

test("finishes the second time without any request, even for the licence", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  const asked = host.asked.length;
  const again = await installFrom(host.url, shop, { acceptsLicence: false });
  expect(again).toMatchObject({ installed: "already there" });
  expect(host.asked).toHaveLength(asked);
});

test("downloads only the one wheel whose library has changed since", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  const name = nameOf(second.wheel.libraries[0]!);
  await appendFile(join(shop.folder, name), "damage");
  expect(isWhole(shop)).toBe(false);
  const before = filesAsked(host).length;
  expect(await installFrom(host.url, shop)).toMatchObject({ installed: "placed" });
  expect(filesAsked(host).slice(before)).toEqual([`/files/${second.wheel.file}`]);
  expect(await readFile(join(shop.folder, name))).toEqual(contentOf(name));
});

test("an updated Darkroom puts its own ONNX Runtime beside the provider", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  await writeFile(shop.runtimeLibrary, "another build");
  const asked = host.asked.length;
  await installFrom(host.url, shop);
  expect(host.asked).toHaveLength(asked);
  expect(await readFile(join(shop.folder, RUNTIME), "utf8")).toBe("another build");
  expect(isWhole(shop)).toBe(true);
});

test("libraries of another version are replaced, not used", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  const newer = { ...SMALL_SOURCE, version: "1.31.0" };
  expect(placedFolder(shop.folder, newer)).toBeUndefined();
  const report = await installFrom(host.url, shop, { source: newer });
  expect(report).toMatchObject({ installed: "placed", version: "1.31.0" });
  expect(placedFolder(shop.folder, newer)).toBe(shop.folder);
});

test("says what the machine lacks, and why the device did not answer", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const probe = async () => ({ ok: false, reason: "NVIDIA's driver is not installed" }) as const;
  const machine = { ...GOOD_MACHINE, nvidiaSmi: async () => null };
  const report = await installFrom(host.url, shop, { machine, probe });
  expect(report.missing.map(({ what }) => what)).toEqual([
    "NVIDIA's driver, 580 or newer (NVIDIA's driver is not installed)",
  ]);
});

test("unpacks nothing from bytes that are not the pinned wheel's, and discards them", async () => {
  const spoilt = { ...first, bytes: Uint8Array.from(first.bytes).fill(1, 5_000, 5_010) };
  await using host = await standInHost(indexAnswer({ wheels: [spoilt, ...WHEELS.slice(1)] }));
  const shop = workshopIn(temporaryFolder());
  await expect(installFrom(host.url, shop)).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    message: expect.stringContaining(`/files/${first.wheel.file}`),
  });
  expect(await placedIn(shop)).toEqual([]);
});

test("installs nothing from a pinned wheel that lacks a library, and discards it", async () => {
  const [init, , ...rest] = entriesOf(second.wheel);
  const lacking = smallWheel(second.wheel, [init!, ...rest]);
  const wheels = [lacking, ...WHEELS.filter((one) => one !== second)];
  await using host = await standInHost(indexAnswer({ wheels }));
  const shop = workshopIn(temporaryFolder());
  await expect(installFrom(host.url, shop, { source: sourceOf(wheels) })).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_DAMAGED",
    details: { reason: `it lacks ${second.wheel.libraries[0]!.path}` },
  });
  expect(await placedIn(shop)).toEqual([]);
});

test("names an index that does not list a wheel", async () => {
  const renamed = { ...first, wheel: { ...first.wheel, file: "another-1.0.whl" } };
  await using host = await standInHost(indexAnswer({ wheels: [renamed] }));
  const shop = workshopIn(temporaryFolder());
  await expect(installFrom(host.url, shop)).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
    details: {
      url: `${host.url}/simple/${first.wheel.project}/`,
      reason: `it does not list ${first.wheel.file}`,
    },
  });
});

test("refuses before the first byte if the disk lacks the space", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const { peakBytes } = await cudaNeeds(shop, { source: SMALL_SOURCE });
  const machine = { ...GOOD_MACHINE, freeBytes: async () => peakBytes - 1 };
  await expect(installFrom(host.url, shop, { machine })).rejects.toMatchObject({
    code: "DISK_FULL",
    details: { path: shop.folder },
  });
  expect(host.asked).toEqual([]);
  const enough = { ...GOOD_MACHINE, freeBytes: async () => peakBytes };
  expect(await installFrom(host.url, shop, { machine: enough })).toMatchObject({
    installed: "placed",
  });
});

test("never needs more disk space than it said", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const { peakBytes } = await cudaNeeds(shop, { source: SMALL_SOURCE });
  let most = 0;
  await installFrom(host.url, shop, {
    probe: async () => ({ ok: true }),
    onProgress: () => {
      most = Math.max(most, bytesBelow(shop.folder));
    },
  });
  // Besides libraries there are a receipt and the validators of partly downloaded wheels.
  expect(Math.max(most, bytesBelow(shop.folder))).toBeLessThan(peakBytes + 10_000);
});

function bytesBelow(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => statSync(join(folder, name)))
      .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0);
  } catch {
    return 0;
  }
}

test.skipIf(process.getuid?.() === 0)("names a folder that cannot be written", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await mkdir(shop.folder, { recursive: true });
  await chmod(shop.folder, 0o555);
  await expect(installFrom(host.url, shop)).rejects.toMatchObject({
    code: "CUDA_UNSUPPORTED",
    details: { reason: `${shop.folder} may not be written to` },
  });
  await chmod(shop.folder, 0o755);
});

test.each([
  ["win32-x64", "DirectML (dml)"],
  ["darwin-arm64", "Core ML (coreml)"],
  ["darwin-x64", "no CUDA for darwin on x64"],
  ["linux-arm64", "no CUDA for linux on arm64"],
])("refuses on %s before it checks anything", async (platform, words) => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const refused = installFrom(host.url, shop, { machine: { ...GOOD_MACHINE, platform } });
  await expect(refused).rejects.toMatchObject({
    code: "CUDA_UNSUPPORTED",
    message: expect.stringContaining(words),
  });
  expect(host.asked).toEqual([]);
});

test("cancelled while unpacking, it keeps what was installed and requests nothing twice", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  const cancel = new AbortController();
  const name = nameOf(second.wheel.libraries[0]!);
  const onProgress = (progress: CudaProgress) => {
    const isTime = progress.stage === "unpacking" && progress.name === name;
    if (isTime) cancel.abort(new Error("enough"));
  };
  const cancelled = installFrom(host.url, shop, { onProgress, signal: cancel.signal });
  await expect(cancelled).rejects.toThrow("enough");
  expect(isWhole(shop)).toBe(false);
  await installFrom(host.url, shop);
  expect(filesAsked(host)).toEqual(WHEELS.map(({ wheel }) => `/files/${wheel.file}`));
  expect(await placedIn(shop)).toEqual(PLACED);
});

test("does not start the device for a caller who has cancelled", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  const cancel = new AbortController();
  let probes = 0;
  const cancelled = installFrom(host.url, shop, {
    signal: cancel.signal,
    machine: {
      ...GOOD_MACHINE,
      freeBytes: async () => {
        cancel.abort(new Error("enough"));
        return 1e12;
      },
    },
    probe: async () => {
      probes++;
      return { ok: true };
    },
  });
  await expect(cancelled).rejects.toThrow("enough");
  expect(probes).toBe(0);
});

test("continues after kill -9 in the middle of a wheel, with that wheel", async () => {
  const heldAt = 20_000;
  const serving = (file: string, count: number) =>
    file === second.wheel.file && count === 1 ? { holdAt: heldAt } : undefined;
  await using host = await standInHost(indexAnswer({ serving }));
  const shop = workshopIn(temporaryFolder());
  const child = new URL("../../fakes/cuda-child.ts", import.meta.url).pathname;
  const killed = spawn(process.execPath, [child, host.url, shop.folder, shop.runtimeLibrary], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: killed.stdout })) {
    if (Number(line) >= first.bytes.byteLength + heldAt) break;
  }
  const exited = once(killed, "exit");
  killed.kill("SIGKILL");
  expect(await exited).toEqual([null, "SIGKILL"]);
  expect(isWhole(shop)).toBe(false);

  expect(await installFrom(host.url, shop)).toMatchObject({ installed: "placed" });
  const ranges = host.asked.filter(({ path }) => path === `/files/${second.wheel.file}`);
  expect(ranges.map(({ range }) => range)).toEqual([undefined, `bytes=${heldAt}-`]);
  expect(filesAsked(host).filter((path) => path === `/files/${first.wheel.file}`)).toHaveLength(1);
  expect(await placedIn(shop)).toEqual(PLACED);
});

test("a missing library is noticed before the inference process uses the folder", async () => {
  await using host = await standInHost(indexAnswer());
  const shop = workshopIn(temporaryFolder());
  await installFrom(host.url, shop);
  await rm(join(shop.folder, RUNTIME));
  expect(isWhole(shop)).toBe(false);
});
