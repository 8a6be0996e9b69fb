import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { performance } from "node:perf_hooks";
import { expect, test, vi } from "vitest";
import { sweepCopies } from "../../../engine/store/kept-copies.ts";
import { float32Copy, quantizedCopy } from "../../../engine/store/weight-copy.ts";
import type { CopyProgress } from "../../../engine/store/make-copy.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const SIDE = 2048;
const MATRIX_BYTES = 4 * SIDE * SIDE;

/** A file of float32 matrices of 16 MB whose weights are all 0, and an empty cache. */
function setUp({ matrices }: { matrices: number }) {
  const folder = temporaryFolder();
  const source = join(folder, "model.safetensors");
  const tensors = Array.from({ length: matrices }, (_, i) => [
    `${i}.weight`,
    {
      dtype: "F32",
      shape: [SIDE, SIDE],
      data_offsets: [i * MATRIX_BYTES, (i + 1) * MATRIX_BYTES],
    },
  ]);
  const header = Buffer.from(JSON.stringify(Object.fromEntries(tensors)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeFileSync(source, Buffer.concat([length, header]));
  const start = 8 + header.length;
  truncateSync(source, start + matrices * MATRIX_BYTES);
  const cacheFolder = join(folder, "cache");
  const weights = join(cacheFolder, "weights");
  const copies = () =>
    existsSync(weights) ? readdirSync(weights).filter((name) => name !== "index.json") : [];
  const offsets = new Set(Array.from({ length: matrices }, (_, i) => start + i * MATRIX_BYTES));
  return { source, cacheFolder, weights, copies, offsets };
}

test("while a large file is quantized, this thread is free and needs little memory", async () => {
  const { source, cacheFolder, offsets } = setUp({ matrices: 20 });
  const events: CopyProgress[] = [];
  const [before, idle] = [process.memoryUsage.rss(), performance.eventLoopUtilization()];
  const startedAt = performance.now();
  let peak = before;
  const { path, layout } = await quantizedCopy(
    source,
    { offsets, bits: 8 },
    {
      cacheFolder,
      onProgress: (event) => {
        events.push(event);
        peak = Math.max(peak, process.memoryUsage.rss());
      },
    },
  );
  expect(performance.eventLoopUtilization(idle).utilization).toBeLessThan(0.4);
  expect(peak - before).toBeLessThan(200e6);
  expect(statSync(path).size).toBe(layout.sizeBytes);
  expect(new Set(events.map(({ totalBytes }) => totalBytes))).toEqual(
    new Set([2 * statSync(source).size]),
  );
  expect(events.at(-1)?.copy).toEqual({
    folder: join(cacheFolder, "weights"),
    sizeBytes: layout.sizeBytes,
  });
  // Not one report for each of 640 blocks, which would keep the pages busy.
  expect(events.length).toBeLessThan(5 + (performance.now() - startedAt) / 100);
});

test("a cancel ends it at once and leaves nothing", async () => {
  const { source, cacheFolder, copies, offsets } = setUp({ matrices: 20 });
  const controller = new AbortController();
  const onProgress = ({ copy }: CopyProgress): void => {
    if (copy === undefined || controller.signal.aborted) return;
    controller.abort();
  };
  const copying = quantizedCopy(
    source,
    { offsets, bits: 8 },
    { cacheFolder, onProgress, signal: controller.signal },
  );
  await expect(copying).rejects.toMatchObject({ name: "AbortError" });
  // Had it gone on to the end, the copy would stay.
  await vi.waitFor(() => expect(copies()).toEqual([]), 20_000);
});

test("refuses as without a thread", async () => {
  const { source, cacheFolder } = setUp({ matrices: 5 });
  writeFileSync(source, Buffer.alloc(80 << 20));
  await expect(float32Copy(source, { cacheFolder })).rejects.toThrow(
    expect.objectContaining({ code: "SAFETENSORS_INVALID" }),
  );
});

test("what a killed writer left is removed after the next start, and the copy is made again", async () => {
  const { source, cacheFolder, weights, copies } = setUp({ matrices: 20 });
  const program = resolve("test/fakes/copy-weights.ts");
  const writer = spawn(process.execPath, [program, source, cacheFolder]);
  await once(writer.stdout, "data");
  writer.kill("SIGKILL");
  await once(writer, "exit");
  expect(copies()).toEqual([expect.stringMatching(/\.part$/)]);

  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const stop = sweepCopies(cacheFolder);
  const [left = ""] = copies();
  utimesSync(join(weights, left), 1, 1);
  vi.advanceTimersByTime(150_000);
  vi.useRealTimers();
  stop();
  await vi.waitFor(() => expect(copies()).toEqual([]), 20_000);
  const { path } = await float32Copy(source, { cacheFolder });
  expect(copies().map((name) => join(weights, name))).toEqual([path]);
});
