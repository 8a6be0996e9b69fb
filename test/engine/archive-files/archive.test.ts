import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import {
  checkArchive,
  findModel,
  isArchive,
  openArchive,
} from "../../../engine/archive-files/archive.ts";
import { readArchivedModel } from "../../../engine/archive-files/archived-snapshot.ts";
import { unpackModel } from "../../../engine/archive-files/unpack-model.ts";
import { entriesOf, HANDLER, manifest, marOf, notebookMar, TINY } from "../../fakes/mar-writer.ts";
import { refusal } from "../../fakes/refusal.ts";
import { tarGz } from "../../fakes/tar-gz.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";
import { zipOf, type ZipEntry } from "../../fakes/zip-writer.ts";

function written(bytes: Uint8Array, name = "toy.mar"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

/** Does everything that is done to an archive on its way into the store, except storing it. */
async function takeIn(path: string): Promise<readonly string[]> {
  const archive = await openArchive(path);
  const model = await findModel(archive);
  await readArchivedModel(model);
  const target = join(temporaryFolder(), "snapshot");
  const files = await unpackModel(model, { target, onBytes: () => {} });
  for (const { path } of files) {
    expect(readFileSync(join(target, path)).equals(readFileSync(join(TINY, path)))).toBe(true);
  }
  return files.map(({ path }) => path);
}

function folderOf(entries: readonly ZipEntry[]): string {
  const folder = join(temporaryFolder(), "toy");
  for (const { name, data } of entries) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), data);
  }
  return folder;
}

const PATHS = entriesOf().map(({ name }) => name);
const SNAPSHOT = entriesOf();
const INNER = zipOf(SNAPSHOT);
const MODEL_ZIP: ZipEntry = { name: "model.zip", data: INNER, stored: true };

test.each([
  ["the notebook's form, stored", () => written(notebookMar())],
  ["the notebook's form, deflated", () => written(notebookMar({ stored: false }))],
  [
    "all deflated",
    () => written(notebookMar({ stored: false }, entriesOf(TINY, { stored: false }))),
  ],
  ["deflated in a stored zip", () => written(notebookMar({}, entriesOf(TINY, { stored: false })))],
  [
    "the snapshot in a folder of the zip",
    () => written(notebookMar({}, entriesOf(TINY, { prefix: "sd2/" }))),
  ],
  ["the snapshot at the root", () => written(marOf(SNAPSHOT))],
  [
    "the snapshot in a folder",
    () => written(marOf(entriesOf(TINY, { prefix: "downloaded_model/" }))),
  ],
  [
    "with entries for folders",
    () =>
      written(
        marOf([
          { name: "sd/", data: Buffer.alloc(0), stored: true, mode: 0o040755 },
          ...entriesOf(TINY, { prefix: "sd/" }),
        ]),
      ),
  ],
  [
    "with backslashes",
    () =>
      written(
        marOf(
          entriesOf(TINY, { prefix: "sd/" }).map((entry) => ({
            ...entry,
            name: entry.name.replaceAll("/", "\\"),
          })),
        ),
      ),
  ],
  [
    "with modes of UNIX",
    () => written(marOf(SNAPSHOT.map((entry) => ({ ...entry, mode: 0o100644 })))),
  ],
  [
    "a manifest with a byte order mark",
    () =>
      written(
        zipOf([
          MODEL_ZIP,
          { ...manifest(), data: Buffer.concat([Buffer.from("\ufeff"), manifest().data]) },
        ]),
      ),
  ],
  ["a manifest without a version", () => written(marOf([MODEL_ZIP], { modelVersion: null }))],
  [
    "a zip under another name that the manifest has",
    () => written(marOf([{ ...MODEL_ZIP, name: "sd2.zip" }], { serializedFile: "sd2.zip" })),
  ],
  [
    "a tar.gz",
    () =>
      written(
        tarGz(
          [MODEL_ZIP, HANDLER, manifest()].map((entry) => ({
            ...entry,
            name: `toy/${entry.name}`,
          })),
        ),
        "toy.tar.gz",
      ),
  ],
  [
    "a tar.gz with the snapshot as files",
    () =>
      written(
        tarGz(
          [...SNAPSHOT, HANDLER, manifest()].map((entry) => ({
            ...entry,
            name: `toy/${entry.name}`,
          })),
        ),
        "toy.tar.gz",
      ),
  ],
  [
    "a tar.gz without a folder",
    () => written(tarGz([MODEL_ZIP, HANDLER, manifest()]), "toy.tar.gz"),
  ],
  ["a tar.gz under the name of a .mar", () => written(tarGz([MODEL_ZIP, manifest()]))],
  ["a folder", () => folderOf([MODEL_ZIP, HANDLER, manifest()])],
  ["a folder with the snapshot as files", () => folderOf([...SNAPSHOT, HANDLER, manifest()])],
])("%s is read", async (_, make) => {
  const path = make();
  expect(await isArchive(path)).toBe(true);
  expect(await takeIn(path)).toEqual(PATHS);
  const { container } = await openArchive(path);
  await checkArchive(container, () => {});
});

const text = (content: string): Buffer => Buffer.from(content);
const zeros = (length: number): Buffer => Buffer.alloc(length);
const extra = (entry: Partial<ZipEntry>): Uint8Array =>
  marOf([MODEL_ZIP, { name: "extra.txt", data: text("x"), stored: true, ...entry }]);
const inside = (entry: Partial<ZipEntry>): Uint8Array =>
  notebookMar({}, [...SNAPSHOT, { name: "extra.txt", data: text("x"), stored: true, ...entry }]);
const changed = (change: (bytes: Buffer) => void): Uint8Array => {
  const bytes = Buffer.from(marOf([MODEL_ZIP]));
  change(bytes);
  return bytes;
};
const without = (pattern: RegExp): readonly ZipEntry[] =>
  SNAPSHOT.filter(({ name }) => !pattern.test(name));
const rawManifest = (data: Buffer): Uint8Array =>
  zipOf([MODEL_ZIP, { name: "MAR-INF/MANIFEST.json", data }]);
const END = 22;

const BROKEN: readonly (readonly [string, () => Uint8Array, string, string])[] = [
  // Not an archive, or an incomplete one.
  ["empty", () => Buffer.alloc(0), "ARCHIVE_DAMAGED", "it is empty"],
  ["text", () => text("this is no zip"), "ARCHIVE_DAMAGED", "it is neither a zip nor a tar.gz"],
  [
    "a picture",
    () => Buffer.concat([text("\x89PNG\r\n"), zeros(1000)]),
    "ARCHIVE_DAMAGED",
    "it is not a zip",
  ],
  [
    "cut short",
    () => marOf([MODEL_ZIP]).subarray(0, 200_000),
    "ARCHIVE_DAMAGED",
    "it is cut short: the directory at its end is missing",
  ],
  [
    "bytes behind the end",
    () => Buffer.concat([marOf([MODEL_ZIP]), text("x")]),
    "ARCHIVE_DAMAGED",
    "bytes follow its end",
  ],
  [
    "one part of several",
    () => changed((zip) => zip.writeUInt16LE(1, zip.length - END + 4)),
    "ARCHIVE_DAMAGED",
    "it is one part of several",
  ],
  [
    "more entries than there are",
    () => changed((zip) => zip.writeUInt16LE(9, zip.length - END + 10)),
    "ARCHIVE_DAMAGED",
    "its directory is damaged",
  ],
  [
    "a directory beyond the end",
    () => changed((zip) => zip.writeUInt32LE(0x7fffffff, zip.length - END + 16)),
    "ARCHIVE_DAMAGED",
    "its directory is damaged",
  ],
  [
    "65,535 entries",
    () => changed((zip) => zip.writeUInt16LE(0xffff, zip.length - END + 10)),
    "ARCHIVE_TOO_LARGE",
    "it has 65535 members, more than 4096",
  ],
  [
    "a gzip cut short",
    () => tarGz([MODEL_ZIP, manifest()]).subarray(0, 100_000),
    "ARCHIVE_DAMAGED",
    "it is cut short",
  ],
  [
    "a gzip with other bytes",
    () => {
      const gzip = Buffer.from(tarGz([manifest()]));
      gzip.fill(0xff, 20, 40);
      return gzip;
    },
    "ARCHIVE_DAMAGED",
    "it cannot be unpacked (gzip)",
  ],
  [
    "a gzip of no tar",
    () => gzipSync(Buffer.alloc(2048, 7)),
    "ARCHIVE_DAMAGED",
    "it is not a tar, or a header is damaged",
  ],
  ["a tar of nothing", () => tarGz([]), "ARCHIVE_DAMAGED", "it is empty"],
  [
    "a tar without its end",
    () => gzipSync(Buffer.from("x").subarray(1)),
    "ARCHIVE_DAMAGED",
    "it is cut short",
  ],
  // Names that lead out of the folder.
  [
    "a way out",
    () => extra({ name: "../../escaped.txt" }),
    "ARCHIVE_UNSAFE",
    "its member ../../escaped.txt leads out of its folder",
  ],
  [
    "a way out in the middle",
    () => extra({ name: "a/../../b" }),
    "ARCHIVE_UNSAFE",
    "its member a/../../b leads out of its folder",
  ],
  [
    "a way out by backslashes",
    () => extra({ name: "..\\..\\b" }),
    "ARCHIVE_UNSAFE",
    "its member ..\\..\\b leads out of its folder",
  ],
  [
    "an absolute path",
    () => extra({ name: "/tmp/escaped.txt" }),
    "ARCHIVE_UNSAFE",
    "its member /tmp/escaped.txt has an absolute path",
  ],
  [
    "a path of a network share",
    () => extra({ name: "\\\\host\\share" }),
    "ARCHIVE_UNSAFE",
    "its member \\\\host\\share has an absolute path",
  ],
  [
    "a drive",
    () => extra({ name: "C:\\escaped.txt" }),
    "ARCHIVE_UNSAFE",
    "its member C:\\escaped.txt names a drive",
  ],
  [
    "a stream",
    () => extra({ name: "a.txt:b" }),
    "ARCHIVE_UNSAFE",
    "its member a.txt:b has a character that Windows does not allow",
  ],
  [
    "NUL",
    () => extra({ name: "a\0.txt" }),
    "ARCHIVE_UNSAFE",
    "its member a\\u0000.txt has control characters in its name",
  ],
  [
    "a line break",
    () => extra({ name: "a\n.txt" }),
    "ARCHIVE_UNSAFE",
    "its member a\\u000a.txt has control characters in its name",
  ],
  [
    "a turned direction",
    () => extra({ name: "a\u202etxt.exe", flags: 0x800 }),
    "ARCHIVE_UNSAFE",
    "its member a\\u202etxt.exe has control characters in its name",
  ],
  [
    "a device",
    () => extra({ name: "unet/AUX.json" }),
    "ARCHIVE_UNSAFE",
    "its member unet/AUX.json has a name that Windows keeps for a device",
  ],
  [
    "a dot at the end",
    () => extra({ name: "config.json." }),
    "ARCHIVE_UNSAFE",
    "its member config.json. ends in a dot or a space, which Windows drops",
  ],
  [
    "an empty step",
    () => extra({ name: "a//b" }),
    "ARCHIVE_UNSAFE",
    "its member a//b has a step without a name in its path",
  ],
  [
    "no name",
    () => extra({ name: "" }),
    "ARCHIVE_UNSAFE",
    "its member without a name cannot be placed",
  ],
  [
    "a name of 600 bytes",
    () => extra({ name: "a".repeat(600) }),
    "ARCHIVE_UNSAFE",
    `its member ${"a".repeat(100)}… has a name of more than 512 bytes`,
  ],
  [
    "a name that is not UTF-8",
    () => extra({ rawName: Buffer.from([0x61, 0xff]), flags: 0x800 }),
    "ARCHIVE_DAMAGED",
    "its member aÿ has a name that is not UTF-8",
  ],
  // Two names for one file.
  [
    "a manifest twice",
    () => marOf([MODEL_ZIP, manifest()]),
    "ARCHIVE_UNSAFE",
    "it holds MAR-INF/MANIFEST.json twice",
  ],
  [
    "twins by case",
    () => extra({ name: "Model.ZIP" }),
    "ARCHIVE_UNSAFE",
    "its members model.zip and Model.ZIP have one name on some systems",
  ],
  [
    "twins by slash",
    () => marOf([MODEL_ZIP, { name: "a/b", data: text("") }, { name: "a\\b", data: text("") }]),
    "ARCHIVE_UNSAFE",
    "it holds a/b twice",
  ],
  [
    "twins by composition",
    () =>
      marOf([
        MODEL_ZIP,
        { name: "\u00e9", data: text("1"), flags: 0x800 },
        { name: "e\u0301", data: text("2"), flags: 0x800 },
      ]),
    "ARCHIVE_UNSAFE",
    "its members \u00e9 and e\u0301 have one name on some systems",
  ],
  [
    "a file where a folder is",
    () => extra({ name: "model.zip/a" }),
    "ARCHIVE_UNSAFE",
    "its member model.zip is a file and a folder",
  ],
  // Members that are not files.
  [
    "a link",
    () => extra({ name: "sd", mode: 0o120777, data: text("/etc") }),
    "ARCHIVE_UNSAFE",
    "its member sd is a link",
  ],
  [
    "a device file",
    () => extra({ name: "null", mode: 0o020666 }),
    "ARCHIVE_UNSAFE",
    "its member null is not an ordinary file",
  ],
  [
    "a folder with content",
    () => extra({ name: "sd/" }),
    "ARCHIVE_DAMAGED",
    "its member sd/ is a folder with content",
  ],
  [
    "a link in a tar",
    () =>
      tarGz([
        { name: "toy/sd", data: text(""), header: { type: "SymbolicLink", linkpath: "/etc" } },
        manifest(),
      ]),
    "ARCHIVE_UNSAFE",
    "its member toy/sd is a link",
  ],
  [
    "a hard link in a tar",
    () =>
      tarGz([
        { name: "sd", data: text(""), header: { type: "Link", linkpath: "/etc" } },
        manifest(),
      ]),
    "ARCHIVE_UNSAFE",
    "its member sd is a link",
  ],
  [
    "a pipe in a tar",
    () => tarGz([{ name: "sd", data: text(""), header: { type: "FIFO" } }, manifest()]),
    "ARCHIVE_UNSAFE",
    "its member sd is not an ordinary file",
  ],
  [
    "a way out in a tar",
    () => tarGz([{ name: "toy/../../a", data: text("") }, manifest()]),
    "ARCHIVE_UNSAFE",
    "its member toy/../../a leads out of its folder",
  ],
  // Packed in ways that are not supported.
  ["encrypted", () => extra({ flags: 1 }), "ARCHIVE_DAMAGED", "a stored member claims two sizes"],
  [
    "encrypted and deflated",
    () => extra({ flags: 1, stored: false }),
    "ARCHIVE_DAMAGED",
    "its member extra.txt is encrypted",
  ],
  ["strongly encrypted", () => extra({ flags: 0x41 }), "ARCHIVE_DAMAGED", "it is encrypted"],
  [
    "another compression",
    () => extra({ method: 93 }),
    "ARCHIVE_DAMAGED",
    "its member extra.txt is compressed by method 93, which TorchServe does not read either",
  ],
  // Bombs, recognised by their directory alone.
  [
    "60 MB of zeros",
    () => marOf([{ name: "model.zip", data: text("x"), claimedBytes: 60_000_000 }]),
    "ARCHIVE_TOO_LARGE",
    "its member model.zip claims 60000000 bytes out of 3, more than 3 times as many",
  ],
  [
    "a text of zeros",
    () => extra({ stored: false, claimedBytes: 1 << 20 }),
    "ARCHIVE_TOO_LARGE",
    "its member extra.txt claims 1048576 bytes out of 3, more than 200 times as many",
  ],
  [
    "members in the same bytes",
    () =>
      marOf([
        MODEL_ZIP,
        { name: "a.txt", data: text("xx"), stored: true },
        { name: "b.txt", data: text("xx"), stored: true, claimedOffset: 30 + 9 + INNER.length },
      ]),
    "ARCHIVE_UNSAFE",
    "its members a.txt and b.txt overlap",
  ],
  [
    "a member beyond the end",
    () => extra({ claimedOffset: 0x7fffffff }),
    "ARCHIVE_DAMAGED",
    "its member extra.txt lies beyond its end",
  ],
  [
    "a tar.gz of zeros",
    () => tarGz([{ name: "toy/model.zip", data: zeros(30_000_000) }, manifest()]),
    "ARCHIVE_TOO_LARGE",
    "it unpacks to more than 3 times its size",
  ],
  [
    "4,097 members",
    () => zipOf(Array.from({ length: 4097 }, (_, i) => ({ name: `${i}`, data: text("") }))),
    "ARCHIVE_TOO_LARGE",
    "it has 4097 members, more than 4096",
  ],
  // Manifests.
  [
    "no manifest",
    () => zipOf([MODEL_ZIP, HANDLER]),
    "ARCHIVE_MANIFEST_INVALID",
    "there is no MAR-INF/MANIFEST.json",
  ],
  [
    "a manifest in small letters",
    () => zipOf([MODEL_ZIP, { ...manifest(), name: "mar-inf/manifest.json" }]),
    "ARCHIVE_MANIFEST_INVALID",
    "it is called mar-inf/manifest.json, and TorchServe reads MAR-INF/MANIFEST.json",
  ],
  [
    "a manifest that is no JSON",
    () => rawManifest(text("{")),
    "ARCHIVE_MANIFEST_INVALID",
    "it is not JSON",
  ],
  [
    "a manifest in UTF-16",
    () => rawManifest(Buffer.from("\ufeff{}", "utf16le")),
    "ARCHIVE_MANIFEST_INVALID",
    "it is not UTF-8",
  ],
  [
    "a manifest that is a list",
    () => rawManifest(text("[]")),
    "ARCHIVE_MANIFEST_INVALID",
    "it is not an object",
  ],
  [
    "a manifest without a model",
    () => rawManifest(text("{}")),
    "ARCHIVE_MANIFEST_INVALID",
    "model is not what TorchServe expects",
  ],
  [
    "a manifest of 2 MB",
    () => zipOf([{ ...manifest(), data: Buffer.alloc(2 << 20, " "), stored: true }]),
    "ARCHIVE_MANIFEST_INVALID",
    "it has 2097152 bytes, more than 1048576",
  ],
  [
    "a manifest with another checksum",
    () => zipOf([MODEL_ZIP, { ...manifest(), claimedCrc: 1 }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json does not match its checksum (CRC-32)",
  ],
  [
    "a manifest larger than it says",
    () => zipOf([{ ...manifest(), claimedBytes: 10 }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json is larger than the 10 bytes it claims",
  ],
  [
    "a manifest smaller than it says",
    () => zipOf([{ ...manifest(), claimedBytes: 400 }]),
    "ARCHIVE_DAMAGED",
    `its member MAR-INF/MANIFEST.json has ${manifest().data.length} bytes, not the 400 it claims`,
  ],
  [
    "a manifest with bytes behind it",
    () => zipOf([{ ...manifest(), trailing: text("xx") }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json has bytes after its end",
  ],
  [
    "a manifest that is not deflated",
    () => zipOf([{ ...manifest(), data: Buffer.alloc(9, 0xff), stored: true, method: 8 }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json cannot be unpacked",
  ],
  [
    "a manifest under another name in its header",
    () => zipOf([{ ...manifest(), local: { name: "MAR-INF/MANIFEST.jso2" } }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json is described differently in two places",
  ],
  [
    "a manifest of another size in its header",
    () => zipOf([{ ...manifest(), local: { bytes: 7 } }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json is described differently in two places",
  ],
  [
    "a manifest without its header",
    () => zipOf([{ ...manifest(), local: { signature: "PK\x05\x06" } }]),
    "ARCHIVE_DAMAGED",
    "its member MAR-INF/MANIFEST.json is described differently in two places",
  ],
  // No model, or a model that must not be opened.
  [
    "nothing but a handler",
    () => marOf([]),
    "ARCHIVE_WITHOUT_MODEL",
    "it has neither model.zip nor model_index.json",
  ],
  [
    "what its manifest names is not there",
    () => marOf([], { serializedFile: "gone.pt", requirementsFile: "requirements.txt" }),
    "ARCHIVE_WITHOUT_MODEL",
    "it lacks gone.pt, requirements.txt, which its manifest names",
  ],
  [
    "two models",
    () => marOf([...entriesOf(TINY, { prefix: "a/" }), ...entriesOf(TINY, { prefix: "b/" })]),
    "ARCHIVE_WITHOUT_MODEL",
    "a/ and b/ hold a model each",
  ],
  [
    "the folders flattened",
    () =>
      marOf(
        SNAPSHOT.filter(({ name }) => /^(unet|model_index)/.test(name)).map((entry) => ({
          ...entry,
          name: entry.name.replace("unet/", ""),
        })),
      ),
    "ARCHIVE_FLATTENED",
    "one config.json is left of text_encoder, unet and vae, one diffusion_pytorch_model.safetensors is left of unet and vae",
  ],
];

test.each(BROKEN)("%s is refused", async (_, make, code, reason) => {
  const path = written(make());
  await expect(takeIn(path)).rejects.toEqual(
    refusal(code as "ARCHIVE_DAMAGED", { file: "toy.mar", reason }),
  );
});

const BROKEN_INSIDE: readonly (readonly [string, () => Uint8Array, string, string])[] = [
  [
    "no zip",
    () => marOf([{ ...MODEL_ZIP, data: text("this is no zip") }]),
    "ARCHIVE_DAMAGED",
    "it is not a zip",
  ],
  [
    "no zip, deflated",
    () => marOf([{ ...MODEL_ZIP, stored: false, data: text("this is no zip") }]),
    "ARCHIVE_DAMAGED",
    "it is not a zip",
  ],
  [
    "cut short",
    () => marOf([{ ...MODEL_ZIP, data: INNER.subarray(0, 100_000) }]),
    "ARCHIVE_DAMAGED",
    "it is cut short: the directory at its end is missing",
  ],
  [
    "a third zip",
    () => marOf([{ ...MODEL_ZIP, data: zipOf([MODEL_ZIP]) }]),
    "ARCHIVE_WITHOUT_MODEL",
    "model.zip is a third zip, which is not opened",
  ],
  [
    "nothing",
    () => marOf([{ ...MODEL_ZIP, data: zipOf([HANDLER]) }]),
    "ARCHIVE_WITHOUT_MODEL",
    "it has no model_index.json",
  ],
  [
    "weights of zeros",
    () => inside({ name: "w.safetensors", stored: false, claimedBytes: 1 << 20 }),
    "ARCHIVE_TOO_LARGE",
    "its member w.safetensors claims 1048576 bytes out of 3, more than 3 times as many",
  ],
  [
    "a way out",
    () => inside({ name: "unet/../../x" }),
    "ARCHIVE_UNSAFE",
    "its member unet/../../x leads out of its folder",
  ],
  ["a link", () => inside({ mode: 0o120777 }), "ARCHIVE_UNSAFE", "its member extra.txt is a link"],
  [
    "another checksum",
    () =>
      notebookMar(
        {},
        SNAPSHOT.map((entry) =>
          entry.name === "unet/config.json" ? { ...entry, claimedCrc: 7 } : entry,
        ),
      ),
    "ARCHIVE_DAMAGED",
    "its member unet/config.json does not match its checksum (CRC-32)",
  ],
];

test.each(BROKEN_INSIDE)("a zip inside with %s is refused", async (_, make, code, reason) => {
  const path = written(make());
  const file = "toy.mar/model.zip";
  await expect(takeIn(path)).rejects.toEqual(refusal(code as "ARCHIVE_DAMAGED", { file, reason }));
});

test.each([
  [
    "a pickle at the root",
    [{ name: "model.pt", data: text("\x80\x02.") }],
    "PICKLE_REFUSED",
    "model.pt",
  ],
  [
    "a pickle where weights should be",
    [
      ...without(/^unet\/.*safetensors/),
      { name: "unet/diffusion_pytorch_model.bin", data: text("\x80") },
    ],
    "PICKLE_REFUSED",
    "unet/diffusion_pytorch_model.bin",
  ],
  [
    "a snapshot without a scheduler",
    without(/^scheduler/),
    "SNAPSHOT_INCOMPLETE",
    "scheduler/scheduler_config.json",
  ],
  [
    "a snapshot without weights",
    without(/^vae\/.*safetensors/),
    "SNAPSHOT_INCOMPLETE",
    "vae/diffusion_pytorch_model.safetensors",
  ],
])("%s is refused for what it is", async (_, members, code, file) => {
  for (const bytes of [marOf(members), marOf([{ ...MODEL_ZIP, data: zipOf(members) }])]) {
    await expect(takeIn(written(bytes))).rejects.toEqual(
      refusal(code as "PICKLE_REFUSED", { file }),
    );
  }
});

test("links in a folder are refused", async () => {
  const folder = folderOf([MODEL_ZIP, manifest()]);
  symlinkSync("/etc/passwd", join(folder, "passwd"));
  await expect(openArchive(folder)).rejects.toEqual(
    refusal("ARCHIVE_UNSAFE", { file: "toy", reason: "its member passwd is not an ordinary file" }),
  );
});

test("missing files are reported", async () => {
  await expect(openArchive("no/such.mar")).rejects.toEqual(
    refusal("NOT_FOUND", { what: "archive", id: "no/such.mar" }),
  );
  expect([
    await isArchive("no/such.mar"),
    await isArchive("no/such"),
    await isArchive(TINY),
  ]).toEqual([true, false, false]);
});

test("what an earlier run unpacked is compared and kept", async () => {
  const model = await findModel(await openArchive(written(notebookMar())));
  const target = join(temporaryFolder(), "snapshot");
  const run = async (): Promise<number> => {
    let bytes = 0;
    await unpackModel(model, { target, onBytes: (more) => (bytes += more) });
    return bytes;
  };
  const whole = await run();
  const unet = join(
    target,
    PATHS.find((path) => path.startsWith("unet/diffusion"))!,
  );
  const bytes = readFileSync(unet);
  for (const damage of [bytes.subarray(0, 1000), Buffer.alloc(bytes.length)]) {
    writeFileSync(unet, damage);
    expect(await run()).toBe(whole);
    expect(readFileSync(unet).equals(bytes)).toBe(true);
  }
});

test("free space is checked before the first byte", async () => {
  const model = await findModel(await openArchive(written(notebookMar())));
  const target = temporaryFolder();
  const unpacking = { target, onBytes: () => {}, freeBytes: async () => 1000 };
  await expect(unpackModel(model, unpacking)).rejects.toEqual(refusal("DISK_FULL"));
});
