import { open, readFile } from "node:fs/promises";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import {
  isAbsent,
  isDiskFull,
  isSystemError,
  sqliteCode,
  systemCode,
} from "../../../engine/files/system-error.ts";

const failed = async (work: () => unknown): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return error;
  }
};

test("a system call says why it failed", async () => {
  const absent = await failed(() => readFile("/nowhere/at/all"));
  const belowFile = await failed(() => open("/dev/null/below"));
  expect([absent, belowFile].map(systemCode)).toEqual(["ENOENT", "ENOTDIR"]);
  expect([absent, belowFile].map(isAbsent)).toEqual([true, true]);
  expect(isSystemError(absent, "EACCES", "ENOENT")).toBe(true);
  expect(isSystemError(absent, "EACCES")).toBe(false);
});

test("refusals, other values and numeric codes are not system errors", () => {
  const others = [
    new StudioError("NOT_FOUND", { what: "picture", id: "1" }),
    new Error("without a code"),
    Object.assign(new Error("odd"), { code: 7 }),
    { code: "ENOENT" },
    undefined,
  ];
  expect(others.map(systemCode)).toEqual(others.map(() => undefined));
  expect(others.some((error) => isSystemError(error) || isAbsent(error))).toBe(false);
});

test("SQLite has its own codes", async () => {
  const error = await failed(() => new DatabaseSync("/nowhere/at/all.sqlite"));
  expect(sqliteCode(error)).toBe(14);
  expect(sqliteCode(new Error("none of SQLite's"))).toBeUndefined();
});

test("a disk is full according to the system or to SQLite", async () => {
  const full = await failed(async () => {
    const file = await open("/dev/full", "w");
    await file.writeFile("x").finally(() => file.close());
  });
  const database = new DatabaseSync(":memory:");
  database.exec("PRAGMA max_page_count = 2; CREATE TABLE a (b)");
  const inDatabase = await failed(() => database.exec("INSERT INTO a VALUES (zeroblob(100000))"));
  database.close();
  expect([full, inDatabase].map(isDiskFull)).toEqual([process.platform === "linux", true]);
  expect(isDiskFull(new Error("something else"))).toBe(false);
});

test("distinguishes a full disk from other failures", () => {
  const codes = ["ENOSPC", "EDQUOT", "EFBIG", "EACCES", undefined];
  const errors = codes.map((code) => Object.assign(new Error("no"), { code }));
  expect(errors.map(isDiskFull)).toEqual([true, true, true, false, false]);
  expect(isDiskFull("ENOSPC")).toBe(false);
});
