import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkArchive, findModel, openArchive } from "../../../engine/archive-files/archive.ts";
import { readArchivedModel } from "../../../engine/archive-files/archived-snapshot.ts";
import { unpackModel } from "../../../engine/archive-files/unpack-model.ts";
import { StudioError } from "../../../engine/contract/errors.ts";
import { HANDLER, manifest, marOf } from "../../fakes/mar-writer.ts";
import { tarGz } from "../../fakes/tar-gz.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { zipOf, type ZipEntry } from "../../fakes/zip-writer.ts";

/** The files that a model must have, by name; their content is not checked before they are unpacked. */
const MODEL: readonly ZipEntry[] = [
  "model_index.json",
  "scheduler/scheduler_config.json",
  "text_encoder/config.json",
  "text_encoder/model.safetensors",
  "tokenizer/vocab.json",
  "tokenizer/merges.txt",
  "unet/config.json",
  "unet/diffusion_pytorch_model.safetensors",
  "vae/config.json",
  "vae/diffusion_pytorch_model.safetensors",
].map((name) => ({ name, data: Buffer.from(`{"of": "${name}"}`), stored: true }));
const DEFLATED = MODEL.map((entry) => ({ ...entry, stored: false }));
const inRoot = (entry: ZipEntry): ZipEntry => ({ ...entry, name: `toy/${entry.name}` });
const modelZip = (entries: readonly ZipEntry[], stored: boolean): ZipEntry => {
  return { name: "model.zip", data: zipOf(entries), stored };
};

const FORMS: readonly (readonly [string, Uint8Array])[] = [
  ["the notebook's form, stored", marOf([modelZip(MODEL, true)])],
  ["the notebook's form, deflated twice", marOf([modelZip(DEFLATED, false)])],
  ["files, stored", marOf(MODEL)],
  ["files, deflated", marOf(DEFLATED)],
  ["a tar.gz", tarGz([modelZip(MODEL, true), HANDLER, manifest()].map(inRoot))],
  ["a tar.gz of files", tarGz([...MODEL, HANDLER, manifest()].map(inRoot))],
];

/** Byte values that break lengths, offsets and signatures. */
const BYTE = fc.oneof(fc.constantFrom(0, 1, 0x50, 0x7f, 0x80, 0xff), fc.nat(255));
const DAMAGE = fc.record({
  flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), BYTE), { maxLength: 4 }),
  /** The part of the file that is kept, and a part that is inserted twice. */
  keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
  twice: fc.option(fc.tuple(fc.nat(2000), fc.nat(200)), { nil: undefined }),
});

type Damage = typeof DAMAGE extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Uint8Array, damage: Damage): Buffer {
  const copy = Buffer.from(bytes);
  for (const [place, byte] of damage.flips) copy[Math.floor(place * (copy.length - 1))] = byte;
  const cut = copy.subarray(0, Math.ceil(damage.keep * copy.length));
  if (damage.twice === undefined) return cut;
  const [at, length] = damage.twice;
  return Buffer.concat([cut.subarray(0, at), cut.subarray(at, at + length), cut.subarray(at)]);
}

const CODES =
  /^(ARCHIVE_(DAMAGED|UNSAFE|TOO_LARGE|MANIFEST_INVALID|WITHOUT_MODEL|FLATTENED)|PICKLE_REFUSED|SNAPSHOT_\w+|CONFIG_INVALID|WEIGHTS?_\w+)$/;

/** Does everything that is done to a foreign archive, in order; returns the errors that are not refusals. */
async function faultsOf(path: string, target: string): Promise<readonly unknown[]> {
  const work: readonly (() => Promise<unknown>)[] = [
    async () => {
      const model = await findModel(await openArchive(path));
      await unpackModel(model, { target, onBytes: () => {} });
    },
    async () => checkArchive((await openArchive(path)).container, () => {}),
    async () => readArchivedModel(await findModel(await openArchive(path))),
  ];
  const faults: unknown[] = [];
  for (const one of work) {
    await one().catch((error: unknown) => {
      if (!(error instanceof StudioError && CODES.test(error.code))) faults.push(error);
    });
  }
  return faults;
}

describe.each(FORMS)("%s", (_, bytes) => {
  test("cut, flipped and doubled bytes are read or refused by name", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "toy.mar");
    let run = 0;
    await fc.assert(
      fc.asyncProperty(DAMAGE, async (damage) => {
        writeFileSync(path, damaged(bytes, damage));
        expect(await faultsOf(path, join(folder, `${run++}`))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test("a file cut to any length is refused, and never read as complete", async () => {
    const path = join(temporaryFolder(), "toy.mar");
    const step = Math.max(1, Math.floor(bytes.length / 100));
    for (let length = 0; length < bytes.length - 1; length += step) {
      writeFileSync(path, bytes.subarray(0, length));
      const read = async () => checkArchive((await openArchive(path)).container, () => {});
      await expect(read()).rejects.toBeInstanceOf(StudioError);
    }
  });
});

test("a folder's files are read or refused by name, whatever they contain", async () => {
  const folder = join(temporaryFolder(), "toy");
  const entries = [modelZip(MODEL, true), HANDLER, manifest()];
  let run = 0;
  await fc.assert(
    fc.asyncProperty(DAMAGE, fc.nat(entries.length - 1), async (damage, which) => {
      for (const [index, { name, data }] of entries.entries()) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), index === which ? damaged(data, damage) : data);
      }
      expect(await faultsOf(folder, join(folder, "..", `${run++}`))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
