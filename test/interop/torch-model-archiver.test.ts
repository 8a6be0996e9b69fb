import { mkdirSync, readdirSync, type Dirent } from "node:fs";
import { basename, join, resolve } from "node:path";
import { list } from "tar";
import { expect, test } from "vitest";
import { openArchive, type Archive } from "../../engine/archive-files/archive.ts";
import type { Container } from "../../engine/archive-files/container.ts";
import { openZip } from "../../engine/archive-files/zip.ts";
import type { PackForm } from "../../engine/contract/archives.ts";
import { tryModel } from "../../engine/drawing/half-precision.ts";
import { drawableFolder } from "../../engine/drawing/unpacked-archive.ts";
import { describeArchive } from "../../engine/studio/inspect-archive.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { runCommand } from "../fakes/run-command.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { pythonOf } from "./virtual-environment.ts";

const PEER = "torch-model-archiver";
const SNAPSHOT = resolve("test/golden/tiny-sd2-v/snapshot");
const HANDLER = resolve("assets/torchserve/stable_diffusion_handler.py");
const REQUIREMENTS = resolve("assets/torchserve/requirements.txt");

async function python(code: string, args: readonly string[]): Promise<void> {
  const ran = await runCommand(pythonOf(PEER), ["-c", code, ...args], { cwd: "." });
  expect([ran.code, ran.stderr]).toEqual([0, ran.stderr]);
}

/** Makes an archive like the notebook: its command line, with other formats. */
async function archived(format: string, extra: string): Promise<string> {
  const folder = temporaryFolder();
  const flags = {
    "--model-name": "stable-diffusion",
    "--version": "1.0",
    "--handler": HANDLER,
    "--extra-files": extra,
    "--requirements-file": REQUIREMENTS,
    "--archive-format": format,
    "--export-path": folder,
  };
  const main = "from model_archiver.model_packaging import generate_model_archive as main; main()";
  await python(main, [...Object.entries(flags).flat(), "--force"]);
  const ending = { tgz: ".tar.gz", "no-archive": "" }[format] ?? ".mar";
  return join(folder, `stable-diffusion${ending}`);
}

/** The notebook's model.zip: the files of the snapshot, deflated, without a folder around them. */
async function modelZip(): Promise<string> {
  const folder = temporaryFolder();
  await python("import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])", [
    join(folder, "model"),
    SNAPSHOT,
  ]);
  return join(folder, "model.zip");
}

async function ours(form: PackForm, like: string): Promise<string> {
  const out = join(temporaryFolder(), basename(like));
  const data = join(temporaryFolder(), "data");
  mkdirSync(data);
  const flags = { "--out": out, "--form": form, "--data-dir": data, "--name": "stable-diffusion" };
  const packed = await darkroom(["archive", "pack", SNAPSHOT, ...Object.entries(flags).flat()]);
  expect([packed.code, packed.err]).toEqual([0, packed.err]);
  return out;
}

async function contentsOf(container: Container): Promise<ReadonlyMap<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  const paths = new Set(container.members.map(({ path }) => path));
  for await (const { member, content } of container.walk(paths)) {
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    contents.set(member.path, Buffer.concat(chunks));
  }
  return contents;
}

/** Everything in an archive except its time of creation and the inner zip. */
async function described(archive: Archive): Promise<object> {
  const contents = await contentsOf(archive.container);
  const manifest = contents.get("MAR-INF/MANIFEST.json")?.toString() ?? "";
  const files = [...contents]
    .filter(([path]) => path !== "MAR-INF/MANIFEST.json" && path !== "model.zip")
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    format: archive.format,
    last: archive.format === "folder" ? "" : archive.container.members.at(-1)?.path,
    paths: archive.container.members.map(({ path }) => path).toSorted((a, b) => (a < b ? -1 : 1)),
    manifest: manifest.replace(/"createdOn": "[^"]+"/, '"createdOn": ""'),
    files: files.map(([path, bytes]) => [path, bytes.toString("base64")]),
  };
}

test.each(["default", "zip-store", "tgz", "no-archive"] as const)(
  "our archive of the form %s has the members, contents and manifest of theirs",
  async (form) => {
    const theirs = await archived(form, SNAPSHOT);
    const own = await ours(form, theirs);
    expect(await described(await openArchive(own))).toEqual(
      await described(await openArchive(theirs)),
    );
    const kinds = async (path: string): Promise<object> => {
      const { container, format } = await openArchive(path);
      if (format !== "zip") return [];
      const stored = container.members.filter((one) => one.sizeBytes === one.packedBytes);
      return stored.map((one) => one.path).toSorted((a, b) => (a < b ? -1 : 1));
    };
    expect(await kinds(own)).toEqual(await kinds(theirs));
    expect(namesIn(own).at(-1)).toBe(namesIn(theirs).at(-1));
    expect(new Set(namesIn(own))).toEqual(new Set(namesIn(theirs)));
  },
);

/** Names in a tar exactly as stored, including the archiver's folder. */
function namesIn(path: string): readonly string[] {
  const names: string[] = [];
  if (!path.endsWith(".tar.gz")) return names;
  list({ file: path, sync: true, onReadEntry: (entry) => names.push(entry.path) });
  return names;
}

test("our archive of the notebook's form has the members of theirs, and in model.zip the same files", async () => {
  const theirs = await openArchive(await archived("default", await modelZip()));
  const own = await openArchive(await ours("notebook", "stable-diffusion.mar"));
  expect(await described(own)).toEqual(await described(theirs));
  const inside = async ({ container }: Archive): Promise<object> =>
    Object.fromEntries(
      await contentsOf(await openZip(container.sourceOf("model.zip"), "model.zip")),
    );
  expect(await inside(own)).toEqual(await inside(theirs));
});

const FORMATS = ["default", "zip-store", "tgz", "no-archive"] as const;

test.each(
  FORMATS.flatMap((format) => [[format, "model.zip"] as const, [format, "files"] as const]),
)(
  "their archive of the form %s with the model as %s is described, imported and drawn",
  async (format, form) => {
    const path = await archived(format, form === "files" ? SNAPSHOT : await modelZip());
    const { model, problem, checks } = await describeArchive(await openArchive(path));
    expect([problem, model?.zip, model?.pickles]).toEqual([
      undefined,
      form === "files" ? undefined : form,
      [],
    ]);
    expect(model?.files.length).toBe(readdirSync(SNAPSHOT, FILES).filter(isFile).length);
    expect(checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    const data = temporaryFolder();
    const imported = await darkroom(["archive", "import", path, "--json", "--data-dir", data]);
    expect([imported.code, lines(imported.out).at(-1)]).toEqual([0, { type: "done" }]);
    const stored = readdirSync(join(data, "models", "stable-diffusion"), FILES).filter(isFile);
    expect(stored.length).toBeGreaterThanOrEqual(model?.files.length ?? 0);
    const folder = await drawableFolder(path, { cacheFolder: temporaryFolder() });
    const { outcome, check } = await tryModel(folder);
    expect([outcome, check.outcome]).toMatchObject([{ record: { steps: 2 } }, "ok"]);
  },
);

const FILES = { recursive: true, withFileTypes: true } as const;
const isFile = (entry: Dirent): boolean => entry.isFile();
