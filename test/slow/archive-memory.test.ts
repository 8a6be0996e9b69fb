import { randomFillSync } from "node:crypto";
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { findModel, openArchive } from "../../engine/archive-files/archive.ts";
import { zipFrame, type ZipRecord } from "../../engine/archive/zip-records.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { headWithExtra } from "../fakes/large-model.ts";
import { entriesOf, HANDLER, manifest } from "../fakes/mar-writer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const MAX_PEAK_BYTES = 300e6;

/** Content of a member: its start, and one block repeated a number of times. */
interface Content {
  readonly path: string;
  readonly head: Buffer;
  readonly blocks: number;
}

/** The tiny snapshot with this many more bytes in its UNet, and the other members of an archive. */
function contents(extraBytes: number): readonly Content[] {
  return [...entriesOf(), HANDLER, manifest()].map(({ name, data }) => {
    const isUnet = /^unet\/.*safetensors$/.test(name);
    return isUnet
      ? { path: name, head: headWithExtra(data, extraBytes), blocks: extraBytes / MIB }
      : { path: name, head: Buffer.from(data), blocks: 0 };
  });
}

const BLOCK = randomFillSync(Buffer.alloc(MIB));
const FLUSHED = { level: 1, finishFlush: constants.Z_FULL_FLUSH };

/** Writes a zip member by member; a block is compressed once, however often it is repeated. */
function writeZip(path: string, members: readonly Content[], isDeflated: boolean): void {
  const packed = (bytes: Buffer) => (isDeflated ? deflateRawSync(bytes, FLUSHED) : bytes);
  const [block, end] = [
    packed(BLOCK),
    isDeflated ? deflateRawSync(Buffer.alloc(0)) : Buffer.alloc(0),
  ];
  const begins = members.map(({ head }) => packed(head));
  const records = members.map(({ path: name, head, blocks }, index): ZipRecord => {
    let sum = crc32(head);
    for (let i = 0; i < blocks; i++) sum = crc32(BLOCK, sum);
    const packedBytes = begins[index]!.length + blocks * block.length + end.length;
    const sizeBytes = head.length + blocks * MIB;
    return { path: name, sizeBytes, packedBytes, crc32: sum, isDeflated };
  });
  const frame = zipFrame(records);
  const file = openSync(path, "w");
  for (const [index, { blocks }] of members.entries()) {
    writeSync(file, frame.headers[index]!);
    writeSync(file, begins[index]!);
    for (let i = 0; i < blocks; i++) writeSync(file, block);
    writeSync(file, end);
  }
  writeSync(file, frame.end);
  closeSync(file);
}

/** Printed by the process itself at its end. */
const PEAK = `
import { writeFileSync } from "node:fs";
process.on("exit", () => {
  writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS * 1024));
});
`;

test.each([
  ["stored", false],
  ["deflated", true],
])("an archive of 1 GiB, %s, is imported with a peak under 300 MB", async (_, isDeflated) => {
  const folder = temporaryFolder();
  const [path, hook, peak] = ["large.mar", "peak.mjs", "peak"].map((name) => join(folder, name));
  writeZip(path!, contents(GIB), isDeflated);
  writeFileSync(hook!, PEAK);
  const run = await darkroom(
    ["archive", "import", path!, "--json", "--data-dir", join(folder, "data")],
    {
      env: { NODE_OPTIONS: `--import=${hook}`, PEAK_FILE: peak! },
    },
  );
  expect([run.code, lines(run.out).at(-1)]).toEqual([0, { type: "done" }]);
  const bytes = Number(readFileSync(peak!, "utf8"));
  process.stdout.write(`peak ${Math.round(bytes / 1e6)} MB\n`);
  expect(bytes).toBeLessThan(MAX_PEAK_BYTES);
});

test("sizes beyond 4 GiB are read correctly: 5 GB in one member, and what follows it", async () => {
  const path = join(temporaryFolder(), "five.mar");
  const bytes = 5 * GIB;
  const members = contents(0);
  const records = members.map(({ path: name, head }): ZipRecord => {
    // The rest of the file is a hole, which takes no disk space.
    const sizeBytes = /^unet\/.*safetensors$/.test(name) ? bytes : head.length;
    return { path: name, sizeBytes, packedBytes: sizeBytes, crc32: crc32(head), isDeflated: false };
  });
  const frame = zipFrame(records);
  const file = openSync(path, "w");
  let offset = 0;
  for (const [index, { head }] of members.entries()) {
    const header = frame.headers[index]!;
    writeSync(file, header, 0, header.length, offset);
    writeSync(file, head, 0, head.length, offset + header.length);
    offset += header.length + records[index]!.sizeBytes;
  }
  writeSync(file, frame.end, 0, frame.end.length, offset);
  closeSync(file);
  const archive = await openArchive(path);
  expect(archive.sizeBytes).toBeGreaterThan(bytes);
  const { files } = await findModel(archive);
  expect(files.find(({ path: name }) => name.startsWith("unet/d"))?.sizeBytes).toBe(bytes);
  expect(archive.manifest.model.modelName).toBe("stable-diffusion");
});
