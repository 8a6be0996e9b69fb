import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readSnapshot } from "../../../engine/snapshot/snapshot.ts";
import { openSnapshotFolder } from "../../../engine/store/snapshot-folder.ts";
import { loadFolder, saveFolder, type FileMap } from "../../fakes/memory-snapshot.ts";
import { refusal } from "../../fakes/refusal.ts";
import { SPECIAL_FILES } from "../../fakes/special-files.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const TINY = resolve("test/golden/tiny-sd21-v/snapshot");
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";

/** Real configs, and two bytes for every weight file: enough as long as no header is read. */
function sketch(): FileMap {
  const files = [...loadFolder(TINY)];
  return new Map(
    files.map(([path, bytes]) => [path, path.endsWith(".safetensors") ? Buffer.of(1, 2) : bytes]),
  );
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  return (await (await openSnapshotFolder(folder)).list()).map(({ path }) => path);
}

/** models--x--y with two revisions, of which refs/main names the second; files are links. */
function hubCache(): string {
  const model = join(temporaryFolder(), "models--x--y");
  for (const revision of ["aaa", "bbb"]) saveFolder(join(model, "snapshots", revision), sketch());
  mkdirSync(join(model, "blobs"));
  mkdirSync(join(model, "refs"));
  writeFileSync(join(model, "refs", "main"), "bbb\n");
  const unet = join(model, "snapshots", "bbb", UNET);
  renameSync(unet, join(model, "blobs", "5e1f"));
  symlinkSync(join("..", "..", "..", "blobs", "5e1f"), unet);
  return model;
}

describe("opens", () => {
  test.each([
    "test/golden/tiny-sd2-v/snapshot",
    "test/golden/tiny-sd2-hub/snapshot",
    "test/golden/tiny-sd21-v/snapshot",
    "test/golden/tiny-sd1-eps/snapshot",
    "assets/starter/snapshot",
  ])("%s, and it can be read", async (path) => {
    const folder = await openSnapshotFolder(path);
    expect(folder.path).toBe(resolve(path));
    await expect(readSnapshot(folder, "float32")).resolves.toMatchObject({
      pipelineClass: "StableDiffusionPipeline",
    });
  });

  test("the starter with the recommendation beside it", async () => {
    const { recommended } = await readSnapshot(
      await openSnapshotFolder("assets/starter/snapshot"),
      "float32",
    );
    expect(recommended?.num_inference_steps).toBe(30);
  });

  test("a folder whose only snapshot is one level down", async () => {
    const outer = temporaryFolder();
    saveFolder(join(outer, "model"), sketch());
    mkdirSync(join(outer, "__MACOSX"));
    writeFileSync(join(outer, "README.md"), "hello");
    expect((await openSnapshotFolder(outer)).path).toBe(join(outer, "model"));
  });

  test("a link to a folder by its real path", async () => {
    const outer = temporaryFolder();
    symlinkSync(TINY, join(outer, "link"));
    expect((await openSnapshotFolder(join(outer, "link"))).path).toBe(TINY);
  });
});

describe("in the cache of the hub's client", () => {
  test("opens the revision refs/main names", async () => {
    const model = hubCache();
    expect((await openSnapshotFolder(model)).path).toBe(join(model, "snapshots", "bbb"));
  });

  test("opens a revision that is named itself", async () => {
    const revision = join(hubCache(), "snapshots", "aaa");
    expect((await openSnapshotFolder(revision)).path).toBe(revision);
  });

  test("returns where a linked file really is", async () => {
    const model = hubCache();
    const folder = await openSnapshotFolder(model);
    expect(await folder.realPath(UNET)).toBe(join(model, "blobs", "5e1f"));
    expect([...(await folder.readBytes(UNET, 0, 8))]).toEqual([1, 2]);
  });

  test("leaves out a broken link, so that the file is found missing", async () => {
    const model = hubCache();
    renameSync(join(model, "blobs", "5e1f"), join(model, "blobs", "gone"));
    expect(await pathsIn(model)).not.toContain(UNET);
  });
});

describe.skipIf(process.platform === "win32").each(Object.keys(SPECIAL_FILES))("%s", (what) => {
  test("in place of refs/main is skipped", async () => {
    const model = hubCache();
    rmSync(join(model, "refs", "main"));
    await SPECIAL_FILES[what]?.(join(model, "refs", "main"));
    rmSync(join(model, "snapshots", "aaa"), { recursive: true });
    expect((await openSnapshotFolder(model)).path).toBe(join(model, "snapshots", "bbb"));
  });

  test.each([...sketch().keys()])("in place of %s is not a file of the model", async (path) => {
    const folder = join(temporaryFolder(), "model");
    saveFolder(folder, sketch());
    rmSync(join(folder, path));
    await SPECIAL_FILES[what]?.(join(folder, path));
    expect(await pathsIn(folder)).not.toContain(path);
  });

  test("that replaces a listed file is refused when it is read", async () => {
    const folder = join(temporaryFolder(), "model");
    saveFolder(folder, sketch());
    const snapshot = await openSnapshotFolder(folder);
    rmSync(join(folder, UNET));
    await SPECIAL_FILES[what]?.(join(folder, UNET));
    await expect(snapshot.readBytes(UNET, 0, 8)).rejects.toThrow(refusal("CONFIG_INVALID"));
  });
});

describe("the identity of a folder", () => {
  const CONFIG = "unet/config.json";

  /** Whether a snapshot's identity differs after a change. */
  async function isAnotherAfter(change: (folder: string) => void): Promise<boolean> {
    const folder = join(temporaryFolder(), "model");
    saveFolder(folder, sketch());
    const { identity } = await openSnapshotFolder(folder);
    change(folder);
    return (await openSnapshotFolder(folder)).identity !== identity;
  }

  test("stays as long as no file changes", async () => {
    expect(await isAnotherAfter((folder) => void readFileSync(join(folder, CONFIG)))).toBe(false);
  });

  test.each<[string, (folder: string) => void]>([
    ["a file has come", (folder) => writeFileSync(join(folder, "README.md"), "hello")],
    ["a file has gone", (folder) => rmSync(join(folder, CONFIG))],
    [
      "another file of the same size and age lies in its place",
      (folder) => {
        const { atime, mtime } = statSync(join(folder, CONFIG));
        const text = readFileSync(join(folder, CONFIG), "utf8").replace("32", "64");
        writeFileSync(join(folder, "other"), text);
        utimesSync(join(folder, "other"), atime, mtime);
        renameSync(join(folder, "other"), join(folder, CONFIG));
      },
    ],
    [
      "its content was changed and its age put back",
      (folder) => {
        const { atime, mtime } = statSync(join(folder, CONFIG));
        const text = readFileSync(join(folder, CONFIG), "utf8").replace("32", "64");
        writeFileSync(join(folder, CONFIG), text);
        utimesSync(join(folder, CONFIG), atime, mtime);
      },
    ],
  ])("changes when %s", async (_, change) => {
    expect(await isAnotherAfter(change)).toBe(true);
  });
});

test("lists only the top of a folder that is not a snapshot", async () => {
  const folder = temporaryFolder();
  const bytes = Buffer.of(0);
  saveFolder(
    folder,
    new Map([
      ["notes.txt", bytes],
      ["photos/1.png", bytes],
    ]),
  );
  expect(await pathsIn(folder)).toEqual(["notes.txt"]);
});

describe("reads", () => {
  test("the requested part, and less at the end of the file", async () => {
    const folder = temporaryFolder();
    saveFolder(folder, new Map([["model_index.json", Buffer.from("0123456789")]]));
    const snapshot = await openSnapshotFolder(folder);
    const read = async (start: number, length: number) =>
      Buffer.from(await snapshot.readBytes("model_index.json", start, length)).toString();
    expect([await read(2, 3), await read(8, 100), await read(50, 1)]).toEqual(["234", "89", ""]);
  });

  test("nothing that was not listed, whatever the path", async () => {
    const snapshot = await openSnapshotFolder(TINY);
    for (const path of [
      "../expected/unet.safetensors",
      "/etc/passwd",
      "unet",
      "unet/../unet/config.json",
    ]) {
      await expect(snapshot.readBytes(path, 0, 1)).rejects.toThrow("The model lacks");
      await expect(snapshot.realPath(path)).rejects.toThrow("The model lacks");
    }
  });
});

test.each([
  ["no folder", "nowhere/at/all", "SNAPSHOT_NOT_FOUND"],
  ["a file that is no model", "package.json", "SNAPSHOT_NOT_FOUND"],
])("refuses %s", async (_, path, code) => {
  await expect(openSnapshotFolder(path)).rejects.toThrow(expect.objectContaining({ code }));
});

test.each([
  ["model.ckpt", "PICKLE_REFUSED", "model.ckpt"],
  ["model.safetensors", "SNAPSHOT_UNSUPPORTED", "A model in a single file"],
])("a path to %s opens, for readSnapshot to refuse by what it is", async (name, code, words) => {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, "whatever");
  await expect(readSnapshot(await openSnapshotFolder(file), "float32")).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});
