import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import {
  openDatabase,
  openOrReplace,
  UnusableDatabase,
  type Migration,
} from "../../../engine/database/database.ts";
import { makePipe } from "../../fakes/make-pipe.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const NOTES: Migration = { name: "notes", sql: "CREATE TABLE note (text TEXT NOT NULL) STRICT" };
const STARS: Migration = {
  name: "stars",
  sql: "ALTER TABLE note ADD COLUMN stars INTEGER NOT NULL DEFAULT 0; UPDATE note SET stars = 3",
};

function path(): string {
  return join(temporaryFolder(), "notes.sqlite");
}

function notesOf(database: DatabaseSync): unknown[] {
  return database
    .prepare("SELECT * FROM note")
    .all()
    .map((row) => ({ ...row }));
}

/** A closed database of version 1 with enough rows to fill pages. */
function oldDatabase(rows = 1): string {
  const file = path();
  const database = openDatabase(file, [NOTES]);
  const insert = database.prepare("INSERT INTO note VALUES (?)");
  // Without a transaction, each commit waits for the disk.
  database.exec("BEGIN");
  for (let row = 0; row < rows; row++) insert.run(`note ${row} ${"x".repeat(200)}`);
  database.exec("COMMIT");
  database.close();
  return file;
}

test("opens with settings under which a commit survives a power cut", () => {
  const database = openDatabase(path(), [NOTES]);
  const pragmas = ["journal_mode", "synchronous", "foreign_keys", "busy_timeout", "user_version"];
  const values = pragmas.map((name) => Object.values(database.prepare(`PRAGMA ${name}`).get()!)[0]);
  expect(values).toEqual(["wal", 2, 1, 5000, 1]);
  database.close();
});

test("migrates an old version and keeps a copy of it", () => {
  const file = oldDatabase();
  const database = openDatabase(file, [NOTES, STARS]);
  const copy = new DatabaseSync(file.replace(".sqlite", ".v1.sqlite"), { readOnly: true });
  const text = `note 0 ${"x".repeat(200)}`;
  expect({ now: notesOf(database), before: notesOf(copy) }).toEqual({
    now: [{ text, stars: 3 }],
    before: [{ text }],
  });
  database.close();
  copy.close();
});

test("makes no copy of a new database, or if there is nothing to migrate", () => {
  const file = path();
  openDatabase(file, [NOTES]).close();
  openDatabase(file, [NOTES]).close();
  expect(existsSync(file.replace(".sqlite", ".v0.sqlite"))).toBe(false);
  expect(existsSync(file.replace(".sqlite", ".v1.sqlite"))).toBe(false);
});

test("a failed migration leaves the database unchanged", () => {
  const file = oldDatabase();
  const broken = {
    name: "broken",
    sql: "UPDATE note SET text = 'lost'; INSERT INTO nowhere VALUES (1)",
  };
  expect(() => openDatabase(file, [NOTES, broken])).toThrow("no such table: nowhere");
  const database = openDatabase(file, [NOTES]);
  expect(notesOf(database)).toEqual([{ text: `note 0 ${"x".repeat(200)}` }]);
  database.close();
});

test("migrations before the failed one are kept, with their copies", () => {
  const file = oldDatabase();
  const broken = { name: "broken", sql: "INSERT INTO nowhere VALUES (1)" };
  expect(() => openDatabase(file, [NOTES, STARS, broken])).toThrow("no such table: nowhere");
  const kept = ["v1", "v2"].map((version) =>
    existsSync(file.replace(".sqlite", `.${version}.sqlite`)),
  );
  const database = openDatabase(file, [NOTES, STARS]);
  expect({ kept, row: notesOf(database)[0] }).toMatchObject({
    kept: [true, true],
    row: { stars: 3 },
  });
  database.close();
});

test("a database of a newer version is kept under a name that says so", () => {
  const file = path();
  openDatabase(file, [NOTES, STARS]).close();
  const before = readFileSync(file);
  const { database, lost } = openOrReplace(file, [NOTES]);
  expect({ notes: notesOf(database), lost }).toEqual({
    notes: [],
    lost: { reason: "a newer version of Darkroom wrote it", aside: "notes.newer.sqlite" },
  });
  expect(readFileSync(file.replace(".sqlite", ".newer.sqlite"))).toEqual(before);
  database.close();
});

test("refuses a missing folder by name", () => {
  const file = join(path(), "deeper", "notes.sqlite");
  expect(() => openDatabase(file, [NOTES])).toThrow(StudioError);
});

const DAMAGE: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  "text in its place": () =>
    Buffer.from("this is no database, but long enough to have a header".repeat(20)),
  "a header of zeros": (bytes) => Buffer.concat([Buffer.alloc(100), bytes.subarray(100)]),
  "its second half gone": (bytes) => bytes.subarray(0, bytes.length >> 1),
  "pages of zeros in the middle": (bytes) => Buffer.from(bytes).fill(0, 4096, bytes.length - 4096),
  "flipped bits throughout": (bytes) =>
    bytes.map((byte, at) => (at > 100 && at % 97 === 0 ? byte ^ 255 : byte)) as Buffer,
};

test.for(Object.entries(DAMAGE))("distinguishes damage: %s", ([, damage]) => {
  const file = oldDatabase(500);
  writeFileSync(file, damage(readFileSync(file)));
  expect(() => openDatabase(file, [NOTES])).toThrow(UnusableDatabase);
});

test("opens with a torn end of its log, with everything committed before it", () => {
  const file = path();
  const database = openDatabase(file, [NOTES]);
  for (const text of ["first", "second"]) database.prepare("INSERT INTO note VALUES (?)").run(text);
  const copy = `${file}-copy`;
  copyFileSync(file, copy);
  const log = readFileSync(`${file}-wal`);
  writeFileSync(`${copy}-wal`, log.subarray(0, log.length - 100));
  const recovered = openDatabase(copy, [NOTES]);
  expect(notesOf(recovered)).toEqual([{ text: "first" }]);
  recovered.close();
  database.close();
});

const IN_ITS_PLACE: Readonly<Record<string, { put: (file: string) => void; lost: unknown }>> = {
  "a folder": {
    put: (file) => mkdirSync(file),
    lost: { reason: "it is a folder", aside: "notes.damaged.sqlite" },
  },
  "a pipe": {
    put: (file) => makePipe(file),
    lost: { reason: "it is not an ordinary file", aside: "notes.damaged.sqlite" },
  },
  "a pipe for its log": {
    put: (file) => makePipe(`${file}-wal`),
    lost: { reason: "it is not an ordinary file", aside: "notes.damaged.sqlite" },
  },
  "a broken link": {
    put: (file) => symlinkSync("/nowhere/notes", file),
    lost: { reason: "it is a link to a file that does not exist", aside: "notes.damaged.sqlite" },
  },
  "nothing in it": { put: (file) => writeFileSync(file, ""), lost: { reason: "it is empty" } },
  "nothing in it, but in its log": {
    put: (file) => {
      writeFileSync(file, "");
      writeFileSync(`${file}-wal`, "frames");
    },
    lost: { reason: "it is empty, and its log is not", aside: "notes.damaged.sqlite" },
  },
};

test.for(Object.entries(IN_ITS_PLACE))("replaces an unusable file: %s", ([, { put, lost }]) => {
  const file = path();
  put(file);
  const found = openOrReplace(file, [NOTES]);
  expect({ notes: notesOf(found.database), lost: found.lost }).toEqual({ notes: [], lost });
  found.database.close();
  const again = openOrReplace(file, [NOTES]);
  expect(again.lost).toBeUndefined();
  again.database.close();
});
