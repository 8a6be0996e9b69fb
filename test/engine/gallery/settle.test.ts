import { randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import type { Gallery } from "../../../engine/gallery/gallery.ts";
import { openGallery, picture } from "../../fakes/gallery.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** The state after a crash: the gallery of one picture, changed by hand while it was closed. */
async function afterCrash(change: (crash: Crash) => void) {
  const folder = temporaryFolder();
  const options = { settings: () => ({ fileNamePattern: "{seed}" }) };
  const gallery = await openGallery(folder, options);
  const { id } = await gallery.add(picture());
  await gallery.close();
  const database = new DatabaseSync(join(folder, "gallery.sqlite"));
  const [file, trashed] = [join(folder, "gallery/42.png"), join(folder, `trash/${id}.png`)];
  mkdirSync(dirname(trashed), { recursive: true });
  change({ id, folder, file, trashed, run: (sql) => database.exec(sql) });
  database.close();
  const again = await openGallery(folder, options);
  const pictures = readdirSync(join(folder, "gallery"));
  return { id, gallery: again, pictures, trash: readdirSync(join(folder, "trash")) };
}

interface Crash {
  readonly id: string;
  readonly folder: string;
  readonly file: string;
  readonly trashed: string;
  readonly run: (sql: string) => void;
}

const announce = ({ id, run }: Crash, path = "gallery/42.png") =>
  run(`INSERT INTO moving VALUES ('${id}', '${path}')`);

async function stateOf(gallery: Gallery, id: string) {
  const [image] = await gallery.details([id]);
  return image && { isTrashed: image.isTrashed, isMissing: image.isMissing };
}

test("after the picture and before its row: the picture gets its row", async () => {
  const { id, gallery } = await afterCrash((crash) => {
    announce(crash);
    crash.run("DELETE FROM images; DELETE FROM texts");
  });
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: false, isMissing: false });
  expect(gallery.names({ search: "red fish" }).total).toBe(1);
});

test("during writing a picture: what was written is swept, and nothing else", async () => {
  const { gallery, pictures } = await afterCrash((crash) => {
    announce({ ...crash, id: "0123" }, "gallery/43.png");
    writeFileSync(join(crash.folder, `gallery/43.png.${randomUUID()}.part`), "half");
    writeFileSync(join(crash.folder, "gallery/43.png.part"), "somebody's own");
    writeFileSync(join(crash.folder, `gallery/44.png.${randomUUID()}.part`), "not announced");
  });
  expect(pictures).toHaveLength(3);
  expect(pictures.filter((name) => name.startsWith("43"))).toEqual(["43.png.part"]);
  expect(gallery.names().total).toBe(1);
});

test("another program's picture under the announced name is not touched", async () => {
  const { gallery, pictures } = await afterCrash((crash) => {
    announce({ ...crash, id: "0123" }, "gallery/other.png");
    writeFileSync(join(crash.folder, "gallery/other.png"), "somebody's own");
  });
  expect(pictures).toEqual(["42.png", "other.png"]);
  expect(gallery.names().total).toBe(1);
});

test("during trashing, after the move: it is trashed", async () => {
  const { id, gallery } = await afterCrash((crash) => {
    announce(crash);
    renameSync(crash.file, crash.trashed);
  });
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: true, isMissing: false });
});

test("during trashing to another disk, copied and not yet removed: it is not trashed", async () => {
  const { id, gallery, trash } = await afterCrash((crash) => {
    announce(crash);
    copyFileSync(crash.file, crash.trashed);
  });
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: false, isMissing: false });
  expect(trash).toEqual([]);
});

test("during restoring, after the move: it is restored under the name it got", async () => {
  const { id, gallery } = await afterCrash((crash) => {
    announce(crash, "gallery/42-2.png");
    crash.run("UPDATE images SET is_trashed = 1");
    renameSync(crash.file, join(crash.folder, "gallery/42-2.png"));
  });
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: false, isMissing: false });
  expect((await gallery.get(id)).fileName).toBe("42-2.png");
});

test("during restoring to another disk, copied and not yet removed: it is still in the trash", async () => {
  const { id, gallery, pictures } = await afterCrash((crash) => {
    announce(crash);
    crash.run("UPDATE images SET is_trashed = 1");
    copyFileSync(crash.file, crash.trashed);
  });
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: true, isMissing: false });
  expect(pictures).toEqual([]);
});

test("before anything was moved: everything is unchanged, and nothing is announced any more", async () => {
  const { id, gallery } = await afterCrash(announce);
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: false, isMissing: false });
  await gallery.trash([id]);
  expect(await stateOf(gallery, id)).toEqual({ isTrashed: true, isMissing: false });
});
