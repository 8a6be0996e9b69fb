import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { assert, asyncProperty, nat } from "fast-check";
import { describe, expect, test } from "vitest";
import { findModel, openArchive } from "../../../engine/archive-files/archive.ts";
import { bytesSource, type CheckedSource } from "../../../engine/archive-files/checked-source.ts";
import {
  marSource,
  packedBytes,
  packModel,
  type Packing,
} from "../../../engine/archive-files/pack-model.ts";
import { unpackModel } from "../../../engine/archive-files/unpack-model.ts";
import { zipSource } from "../../../engine/archive-files/zip-writer.ts";
import { openZip } from "../../../engine/archive-files/zip.ts";
import { joinCrc32 } from "../../../engine/archive/crc32-join.ts";
import { PACK_FORMS, type PackForm } from "../../../engine/contract/archives.ts";
import { entriesOf, TINY } from "../../fakes/mar-writer.ts";
import { refusal } from "../../fakes/refusal.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const PATHS = entriesOf().map(({ name }) => name);
const ASSETS = "assets/torchserve";

function packing(form: PackForm, changes: Partial<Packing> = {}, folder = TINY): Packing {
  return {
    form,
    name: "stable-diffusion",
    version: "1.0",
    files: PATHS.map((path) => ({ path, place: join(folder, path) })),
    handler: { path: "handler.py", place: join(ASSETS, "stable_diffusion_handler.py") },
    requirements: { path: "requirements.txt", place: join(ASSETS, "requirements.txt") },
    ...changes,
  };
}

function sourcePacking<Form extends PackForm>(form: Form): Packing & { readonly form: Form } {
  return { ...packing(form), form };
}

const NAMES: Readonly<Record<PackForm, string>> = {
  notebook: "a.mar",
  "zip-store": "a.mar",
  default: "a.mar",
  tgz: "a.tar.gz",
  "no-archive": "a",
};
const quietly = { force: false, onBytes: () => {} };

async function packed(form: PackForm, changes: Partial<Packing> = {}): Promise<string> {
  const out = join(temporaryFolder(), NAMES[form]);
  await packModel(packing(form, changes), { out, ...quietly });
  return out;
}

async function bytesOf(source: CheckedSource, start = 0, end = source.sizeBytes): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for await (const block of source.read(start, end)) blocks.push(block);
  return Buffer.concat(blocks);
}

describe.each(PACK_FORMS)("the form %s", (form) => {
  test("is read back: handler, requirements, manifest last, every file of the model", async () => {
    const archive = await openArchive(await packed(form));
    const paths = archive.container.members.map(({ path }) => path);
    const beside = ["requirements.txt", "handler.py", "MAR-INF/MANIFEST.json"];
    const model = form === "notebook" ? ["model.zip"] : PATHS;
    const wanted = [...model, ...beside];
    // A folder has no order.
    expect(form === "no-archive" ? paths.toSorted() : paths).toEqual(
      form === "no-archive" ? wanted.toSorted() : wanted,
    );
    expect(archive.manifest.model).toMatchObject({
      modelName: "stable-diffusion",
      modelVersion: "1.0",
      handler: "handler.py",
      requirementsFile: "requirements.txt",
    });
    expect(archive.absent).toEqual([]);
    const target = join(temporaryFolder(), "snapshot");
    const files = await unpackModel(await findModel(archive), { target, onBytes: () => {} });
    expect(files.map(({ path }) => path)).toEqual(PATHS);
    for (const path of PATHS) {
      expect(readFileSync(join(target, path)).equals(readFileSync(join(TINY, path)))).toBe(true);
    }
  });

  test("leaves nothing if it is cancelled, at any byte", async () => {
    const folder = temporaryFolder();
    for (const limit of [1, 1e5, 1e6]) {
      let count = 0;
      const onBytes = (bytes: number): void => {
        if ((count += bytes) > limit) throw new DOMException("cancelled", "AbortError");
      };
      const out = join(folder, NAMES[form]);
      await expect(packModel(packing(form), { out, force: false, onBytes })).rejects.toThrow(
        "cancelled",
      );
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test("replaces an archive only on request", async () => {
    const out = await packed(form);
    await expect(packModel(packing(form), { out, ...quietly })).rejects.toEqual(
      refusal("OUTPUT_EXISTS", { path: out }),
    );
    await packModel(packing(form, { version: "2.0" }), { out, force: true, onBytes: () => {} });
    expect((await openArchive(out)).manifest.model.modelVersion).toBe("2.0");
    expect(readdirSync(join(out, ".."))).toEqual([NAMES[form]]);
  });

  test("is not written into a missing folder", async () => {
    const out = join(temporaryFolder(), "nowhere", NAMES[form]);
    await expect(packModel(packing(form), { out, ...quietly })).rejects.toEqual(
      refusal("ARCHIVE_UNWRITABLE"),
    );
  });
});

describe.each(["notebook", "zip-store"] as const)("the zip of form %s", (form) => {
  test("is the same, written or read part by part, with the announced length and checksum", async () => {
    const source = await marSource(sourcePacking(form), () => {});
    const bytes = await bytesOf(source);
    expect([bytes.length, crc32(bytes)]).toEqual([source.sizeBytes, source.crc32]);
    expect(readFileSync(await packed(form)).equals(bytes)).toBe(true);
  });
});

test.each(["default", "tgz"] as const)(
  "the form %s has the same bytes every time",
  async (form) => {
    expect(readFileSync(await packed(form)).equals(readFileSync(await packed(form)))).toBe(true);
  },
);

test.each(["notebook", "zip-store", "default"] as const)(
  "the form %s has sizes before the content, where readers of streams need them",
  async (form) => {
    const bytes = readFileSync(await packed(form));
    for (let at = bytes.indexOf("PK\x03\x04"); at >= 0; at = bytes.indexOf("PK\x03\x04", at + 4)) {
      expect(bytes.readUInt16LE(at + 6) & 8).toBe(0);
      expect(bytes.readUInt32LE(at + 18)).toBeGreaterThan(0);
    }
  },
);

test.each(PACK_FORMS)("the form %s reads every file once", async (form) => {
  let count = 0;
  const onBytes = (bytes: number): void => void (count += bytes);
  const out = join(temporaryFolder(), NAMES[form]);
  await packModel(packing(form), { out, force: false, onBytes });
  expect(count).toBe(await packedBytes(packing(form)));
});

test("any part of a stored zip is read alone", async () => {
  const source = await marSource(sourcePacking("notebook"), () => {});
  const whole = await bytesOf(source);
  expect(source.isSeekable).toBe(true);
  const place = nat({ max: source.sizeBytes });
  await assert(
    asyncProperty(place, place, async (a, b) => {
      const [start, end] = [Math.min(a, b), Math.min(Math.max(a, b), Math.min(a, b) + 300_000)];
      expect((await bytesOf(source, start, end)).equals(whole.subarray(start, end))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test("a file that changes during packing is reported, and no archive is left", async () => {
  for (const form of PACK_FORMS) {
    const folder = temporaryFolder();
    const model = join(folder, "model");
    cpSync(TINY, model, { recursive: true });
    let count = 0;
    const onBytes = (bytes: number): void => {
      if (count === 0) {
        const text = readFileSync(join(model, "vae/config.json"), "utf8");
        writeFileSync(join(model, "vae/config.json"), text.slice(1));
        appendFileSync(join(model, "model_index.json"), " ");
      }
      count += bytes;
    };
    const out = join(folder, NAMES[form]);
    await expect(
      packModel(packing(form, {}, model), { out, force: false, onBytes }),
      form,
    ).rejects.toEqual(refusal("ARCHIVE_INPUT_CHANGED"));
    expect(readdirSync(folder)).toEqual(["model"]);
  }
});

test("a file that disappears during packing is reported as changed", async () => {
  for (const form of PACK_FORMS) {
    const folder = temporaryFolder();
    const model = join(folder, "model");
    cpSync(TINY, model, { recursive: true });
    const onBytes = (): void => rmSync(join(model, PATHS.at(-1)!), { force: true });
    const out = join(folder, NAMES[form]);
    await expect(
      packModel(packing(form, {}, model), { out, force: false, onBytes }),
      form,
    ).rejects.toEqual(refusal("ARCHIVE_INPUT_CHANGED", { what: join(model, PATHS.at(-1)!) }));
    expect(readdirSync(folder)).toEqual(["model"]);
  }
});

test("a folder that is not an archive is never replaced", async () => {
  const out = join(temporaryFolder(), "photographs");
  mkdirSync(out);
  writeFileSync(join(out, "one.jpg"), "");
  const replacing = { out, force: true, onBytes: () => {} };
  await expect(packModel(packing("no-archive"), replacing)).rejects.toEqual(
    refusal("OUTPUT_EXISTS"),
  );
  await expect(packModel(packing("notebook"), replacing)).rejects.toEqual(
    refusal("ARCHIVE_UNWRITABLE"),
  );
  expect(readdirSync(out)).toEqual(["one.jpg"]);
});

/** A number of zeros that take no memory. */
function zeros(doublings: number): CheckedSource {
  let [sum, length] = [crc32(Buffer.alloc(1)), 1];
  for (let i = 0; i < doublings; i++) [sum, length] = [joinCrc32(sum, sum, length), 2 * length];
  return {
    sizeBytes: length,
    isSeekable: true,
    crc32: sum,
    async *read(start, end) {
      for (let at = start; at < end; at += 1 << 20) yield Buffer.alloc(Math.min(1 << 20, end - at));
    },
  };
}

test("members and offsets beyond 4 GiB are written in zip64's form", async () => {
  const large = zeros(33);
  const small = bytesSource(Buffer.from("behind it"));
  const inner = zipSource([
    { path: "large.safetensors", content: large },
    { path: "small.txt", content: small },
  ]);
  const zip = zipSource([
    { path: "model.zip", content: inner },
    { path: "last.txt", content: small },
  ]);
  const outer = await openZip(zip, "a.mar");
  expect(outer.members.map(({ sizeBytes }) => sizeBytes)).toEqual([inner.sizeBytes, 9]);
  const opened = await openZip(outer.sourceOf("model.zip"), "a.mar/model.zip");
  expect(opened.members.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
    ["large.safetensors", 2 ** 33],
    ["small.txt", 9],
  ]);
  for await (const { content } of opened.walk(new Set(["small.txt"]))) {
    for await (const chunk of content) expect(chunk.toString()).toBe("behind it");
  }
});
