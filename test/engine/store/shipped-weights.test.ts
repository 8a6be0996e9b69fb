import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { hashFile } from "../../../engine/files/hash-file.ts";
import { int8Path } from "../../../engine/snapshot/int8-path.ts";
import { readHeader } from "../../../engine/snapshot/safetensors.ts";
import { quantizedCopy } from "../../../engine/store/weight-copy.ts";
import { safetensors } from "../../fakes/safetensors-writer.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const TENSORS = {
  "a.weight": {
    dtype: "F16",
    shape: [2, 2],
    bytes: new Uint8Array(Uint16Array.of(0x3c00, 0xbc00, 0x3800, 0x4000).buffer),
  },
  "b.weight": { dtype: "F32", shape: [1], bytes: new Uint8Array(Float32Array.of(1.5).buffer) },
} as const;

/** A model's folder with its own int8 weights, and what is reported when another cache uses it. */
async function cameAlong() {
  const source = join(temporaryFolder(), "model.safetensors");
  writeFileSync(source, safetensors(TENSORS));
  const { tensors } = readHeader(readFileSync(source), statSync(source).size, source);
  const offsets = new Set([tensors.get("a.weight")?.offset ?? 0]);
  const cacheFolder = temporaryFolder();
  const made = await quantizedCopy(source, { offsets, bits: 8 }, { cacheFolder });
  const [from = "", kind = ""] = basename(made.path).split(".");
  const folder = temporaryFolder();
  const sha256 = await hashFile(made.path, () => {});
  const path = join(folder, int8Path({ source: from, kind, sha256 }));
  mkdirSync(dirname(path), { recursive: true });
  copyFileSync(made.path, path);
  const fresh = temporaryFolder();
  const told: string[] = [];
  const shipped = { folder, onNotice: (sentence: string) => told.push(sentence) };
  const open = (bits: 7 | 8 = 8, cache = fresh) =>
    quantizedCopy(source, { offsets, bits }, { cacheFolder: cache, shipped });
  const madeIn = () => readdirSync(join(fresh, "weights")).filter((name) => name !== "index.json");
  return { path, told, open, madeIn, made };
}

test("they are used in place, and nothing is made", async () => {
  const { path, told, open, madeIn, made } = await cameAlong();
  expect(await open()).toEqual({ path, layout: made.layout });
  expect(told).toEqual(["Using the int8 weights that came with the model."]);
  expect(madeIn()).toEqual([]);
});

test("they are used if no cache can be written", async () => {
  const { path, open } = await cameAlong();
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  expect((await open(8, join(file, "cache"))).path).toBe(path);
  await expect(open(7, join(file, "cache"))).rejects.toThrow(
    expect.objectContaining({ code: "CACHE_UNWRITABLE" }),
  );
});

const damage = (change: (path: string) => void) => change;
test.each([
  [
    "one bit is another",
    damage((path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(path, bytes);
    }),
    "they are damaged",
  ],
  ["the header is another", damage((path) => writeByte(path, 10, 0x20)), "they are damaged"],
  ["they are cut short", damage((path) => truncateSync(path, 100)), "they are damaged"],
  [
    "they are a folder",
    damage((path) => {
      rmSync(path);
      mkdirSync(path);
    }),
    "they are damaged",
  ],
  [
    "their name says other weights",
    damage((path) => renameSync(dirname(path), join(dirname(dirname(path)), "0".repeat(64)))),
    "they were made of other weights",
  ],
])("if %s, they are made again, and that is reported once", async (_, change, why) => {
  const { path, told, open, madeIn, made } = await cameAlong();
  change(path);
  const again = await open();
  expect(readFileSync(again.path)).toEqual(readFileSync(made.path));
  expect(told).toEqual([expect.stringContaining(`are not used, and are made again: ${why}.`)]);
  expect(madeIn()).toEqual([basename(made.path)]);
  await open();
  expect(told).toHaveLength(1);
});

test("a processor that needs other ones makes them", async () => {
  const { told, open, madeIn } = await cameAlong();
  await open(7);
  expect(told).toEqual([expect.stringContaining("this processor takes others")]);
  expect(madeIn()).toEqual([expect.stringContaining(".int7-")]);
});

function writeByte(path: string, at: number, value: number): void {
  const bytes = readFileSync(path);
  bytes[at] = value;
  writeFileSync(path, bytes);
}
