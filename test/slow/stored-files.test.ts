import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openOwnStudio } from "../../engine/host.ts";
import { Tokens } from "../../engine/server/tokens.ts";
import { openGallery, picture } from "../fakes/gallery.ts";
import { lookAtStudio, type StudioLook } from "../fakes/look-at-studio.ts";
import { makePipe } from "../fakes/make-pipe.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PROGRAM = join(import.meta.dirname, "../fakes/look-at-studio.ts");

/** The stored files of a data folder, and the part of the studio that depends on each. */
const FILES: Readonly<Record<string, Partial<StudioLook>>> = {
  "owner.sqlite": {},
  "owner.json": {},
  "queue.sqlite": { waiting: 0 },
  // Rebuilt from the pictures, with the stars of gallery.json.
  "gallery.sqlite": {},
  // Restored from the index.
  "gallery.json": {},
  "settings.json": { theme: "system" },
  "form.json": {},
  "secrets.json": {},
  "tokens.json": {},
  "server.json": {},
  "endpoints.json": {},
  "connections.json": {},
  "transfers.json": {},
};

/** Further notices after a file was set aside. */
const CONSEQUENCES: Readonly<Record<string, readonly string[]>> = {
  "server.json": [
    "The inference server's keys were lost, and every request now needs one: create a new key.",
  ],
  "transfers.json": [
    "Unfinished downloads stay in the models folder as long as that file exists: download the same model again to continue where it stopped, or delete the file to free the space.",
  ],
};

const WHOLE = { waiting: 2, pictures: 2, starred: 1, theme: "dark" };

/** Replaces a file, which has been removed; `content` is its former content. */
type Damage = (path: string, content: Buffer) => void | Promise<void>;

const DAMAGES: Readonly<Record<string, Damage>> = {
  "a pipe": (path) => makePipe(path),
  "a socket": async (path) => {
    const other = `${path}.s`;
    const server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(other, resolve);
    });
    linkSync(other, path);
    await new Promise((resolve) => {
      server.close(resolve);
    });
  },
  "a folder": (path) => {
    mkdirSync(path);
    writeFileSync(join(path, "mine"), "kept");
  },
  "a link to /dev/zero": (path) => symlinkSync("/dev/zero", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a broken link": (path) => symlinkSync("/nowhere/at/all", path),
  garbage: (path) => writeFileSync(path, "\0this is neither JSON nor a database ".repeat(300)),
  "half of it": (path, content) => {
    writeFileSync(path, content);
    truncateSync(path, content.length >> 1);
  },
  "no byte": (path) => writeFileSync(path, ""),
  nothing: () => {},
  "no permission": (path, content) => {
    writeFileSync(path, content);
    chmodSync(path, 0);
  },
};

let template = "";
const table: string[] = [];

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "darkroom-test-"));
  const gallery = await openGallery(template);
  const { id } = await gallery.add(picture({ seed: "1" }));
  await gallery.add(picture({ seed: "2" }));
  await gallery.star([id], true);
  await gallery.close();
  await (await Tokens.open(template)).issue();
  const studio = await openOwnStudio(template);
  await studio.client.generation.enqueue({ prompt: "a fish", count: 2 });
  await studio.client.settings.change({ theme: "dark" });
  await studio.client.settings.writeForm({ prompt: "a form" });
  await studio.close();
  const rest = {
    "secrets.json": {},
    "endpoints.json": { endpoints: [] },
    "connections.json": { connections: [] },
    "transfers.json": { transfers: [] },
  };
  for (const [name, content] of Object.entries(rest)) {
    writeFileSync(join(template, name), JSON.stringify(content));
  }
});

afterAll(() => {
  rmSync(template, { recursive: true, force: true });
  process.stdout.write(`${table.join("\n")}\n`);
});

/** Opens the studio as a user bound by permissions, which the superuser is not. */
function lookAsNobody(folder: string): StudioLook {
  const nobody = { uid: 65_534, gid: 65_534 };
  const isRoot = process.getuid?.() === 0;
  if (isRoot)
    for (const name of ["", ...readdirSync(folder, { recursive: true, encoding: "utf8" })]) {
      chownSync(join(folder, name), nobody.uid, nobody.gid);
    }
  const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, folder], {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], HOME: folder },
    ...(isRoot ? nobody : {}),
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout) as StudioLook;
}

const cells = Object.keys(FILES).flatMap((file) =>
  Object.keys(DAMAGES).map((damage) => [file, damage] as const),
);

/** A copy of the folder in which one file is damaged. */
async function damagedFolder(file: string, damage: string): Promise<string> {
  const folder = temporaryFolder();
  cpSync(template, folder, { recursive: true });
  const path = join(folder, file);
  // owner.json exists only while a process owns the folder.
  const content = existsSync(path) ? readFileSync(path) : Buffer.from("{}");
  rmSync(path, { force: true });
  await DAMAGES[damage]?.(path, content);
  return folder;
}

/** The expected notices: the content of the lock, and files that never existed, are not missed. */
function expectedNotices(file: string, damage: string): readonly unknown[] {
  if (damage === "nothing" || file.startsWith("owner")) return [];
  const couldNot: unknown = expect.stringContaining(`${file} could not be used (`);
  return [couldNot, ...(CONSEQUENCES[file] ?? [])];
}

function setAside(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.includes(".damaged"))
    .join(" ");
}

test.each(cells.filter(([, damage]) => damage !== "no permission"))(
  "%s is replaced by %s",
  async (file, damage) => {
    const folder = await damagedFolder(file, damage);
    const { notices, ...shown } = await lookAtStudio(folder);
    table.push([file, damage, setAside(folder) || "-", notices.join(" ") || "-"].join(" | "));
    expect(shown).toEqual({ ...WHOLE, ...FILES[file] });
    expect(notices).toEqual(expectedNotices(file, damage));
    expect((await lookAtStudio(folder)).notices).toEqual([]);
  },
);

/** The studio restores its own permission to read it. */
const REPAIRED: ReadonlySet<string> = new Set(["secrets.json"]);

test.each(Object.keys(FILES))("%s is replaced by an unreadable file", async (file) => {
  const folder = await damagedFolder(file, "no permission");
  const { notices, ...shown } = lookAsNobody(folder);
  table.push([file, "mode 000", setAside(folder) || "-", notices.join(" ") || "-"].join(" | "));
  const isRepaired = REPAIRED.has(file);
  expect(shown).toEqual({ ...WHOLE, ...(isRepaired ? {} : FILES[file]) });
  expect(notices).toEqual(isRepaired ? [] : expectedNotices(file, "no permission"));
});
