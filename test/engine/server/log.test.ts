import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openLog, withoutSecrets } from "../../../engine/server/log.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

test("entries are JSON lines for this user only", () => {
  const folder = temporaryFolder();
  openLog(folder).log.info({ port: 7860 }, "ready");
  const path = join(folder, "studio.log");
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ msg: "ready", port: 7860 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("no secret is written, wherever it is in an entry", () => {
  const folder = temporaryFolder();
  const { log } = openLog(folder);
  const canary = "canary-0123456789";
  log.info({ authorization: canary, headers: { authorization: canary } });
  log.info({ request: { headers: { authorization: canary }, code: canary, token: canary } });
  log.info({ input: { value: canary, prompt: canary, key: canary } });
  log.info(`GET /pictures/image/a?until=1&signature=${canary} #code=${canary}`);
  log.error(new Error(`Authorization: Bearer ${canary}`));
  log.error({ err: new Error(`token=${canary} hf_${canary.replace("-", "")}`) });
  expect(readFileSync(join(folder, "studio.log"), "utf8")).not.toContain("0123456789");
});

test.each([
  ["Authorization: Bearer abc.def-1", "Authorization: Bearer …"],
  ["http://x/#code=abc", "http://x/#code=…"],
  ["?until=5&signature=a-b_c&x=1", "?until=5&signature=…&x=1"],
  ["token hf_AbC123 was refused", "token … was refused"],
  ["nothing of the kind", "nothing of the kind"],
])("%s becomes %s", (text, clean) => {
  expect(withoutSecrets(text)).toBe(clean);
});

test("it never takes more than twice its limit", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "studio.log"), "x".repeat((4 << 20) + 1));
  const { log } = openLog(folder);
  log.info("after");
  expect(readdirSync(folder).toSorted()).toEqual(["studio.log", "studio.log.1"]);
  expect(readFileSync(join(folder, "studio.log"), "utf8")).toContain("after");
  expect(statSync(join(folder, "studio.log.1")).size).toBe((4 << 20) + 1);
});

const pipeAt = (path: string) => execFileSync("/bin/sh", ["-c", 'mkfifo "$0"', path]);

test.runIf(process.platform !== "win32").each([
  ["a folder", (path: string) => mkdirSync(path), "EISDIR"],
  ["a pipe that nobody reads", pipeAt, "ENXIO"],
])("%s in its place loses lines, and a notice says so", (_, put, reason) => {
  const folder = temporaryFolder();
  const path = join(folder, "studio.log");
  put(path);
  const { log, notices } = openLog(folder);
  log.info("lost");
  expect(notices()).toEqual([
    `Nothing is recorded in studio.log: the file cannot be written to (${reason}).`,
  ]);
  rmSync(path, { recursive: true });
  log.info("kept");
  expect(notices()).toEqual([]);
  expect(readFileSync(path, "utf8")).toContain("kept");
});

test("the latest line is tried again when someone asks what is wrong", () => {
  const folder = temporaryFolder();
  const path = join(folder, "studio.log");
  mkdirSync(path);
  const { log, notices } = openLog(folder);
  log.info("late");
  expect(notices()).toHaveLength(1);
  rmSync(path, { recursive: true });
  expect(notices()).toEqual([]);
  expect(readFileSync(path, "utf8")).toContain("late");
});

test("if the old log cannot be moved away, only lines are lost", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "studio.log"), "x".repeat((4 << 20) + 1));
  mkdirSync(join(folder, "studio.log.1", "full"), { recursive: true });
  const { log, notices } = openLog(folder);
  log.info("lost");
  expect(notices()).toHaveLength(1);
  expect(statSync(join(folder, "studio.log")).size).toBe((4 << 20) + 1);
});
