import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Ownership } from "../../../engine/files/ownership.ts";
import { makePipe } from "../../fakes/make-pipe.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

/** Another process that owns a folder until it is killed. */
async function owner(folder: string) {
  const module = JSON.stringify(join(process.cwd(), "engine/files/ownership.ts"));
  const code = `import { Ownership } from ${module};
    globalThis.kept = await Ownership.take(${JSON.stringify(folder)});
    console.log("owns"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

test("a folder has one owner, who is named to others", async () => {
  const folder = temporaryFolder();
  const child = await owner(folder);
  await expect(Ownership.take(folder)).rejects.toMatchObject({
    code: "ALREADY_RUNNING",
    details: { folder, pid: child.pid },
  });
});

test("a killed owner leaves nothing that is in the way", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 3; i++) {
    const child = await owner(folder);
    child.kill("SIGKILL");
    await once(child, "exit");
    const next = await Ownership.take(folder);
    expect(next).toBeInstanceOf(Ownership);
    await next.release();
  }
});

test("within one process, too, there is one owner, and the next when it releases the folder", async () => {
  const folder = temporaryFolder();
  const first = await Ownership.take(folder);
  await expect(Ownership.take(folder)).rejects.toMatchObject({ code: "ALREADY_RUNNING" });
  await first.release();
  const second = await Ownership.take(folder);
  expect(JSON.parse(readFileSync(join(folder, "owner.json"), "utf8"))).toEqual({
    pid: process.pid,
  });
  expect(statSync(join(folder, "owner.json")).mode & 0o777).toBe(0o600);
  await second.release();
  expect(existsSync(join(folder, "owner.json"))).toBe(false);
});

test.each(["nonsense", '{"pid": 4194303}'])(
  "an owner with an unknown process id is refused nevertheless: %s",
  async (content) => {
    const folder = temporaryFolder();
    const first = await Ownership.take(folder);
    writeFileSync(join(folder, "owner.json"), content);
    const refusal: unknown = await Ownership.take(folder).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      code: "ALREADY_RUNNING",
      message: `The data folder ${folder} is in use by another process, although no studio answers there. End that process first, or choose another folder with --data-dir.`,
    });
    await first.release();
  },
);

const GARBAGE = "this is no database, but a long enough text of another kind";

test("a lock file with other content is emptied in place", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "owner.sqlite"), GARBAGE);
  const first = await Ownership.take(folder);
  expect(readFileSync(join(folder, "owner.sqlite"), "utf8")).toBe("");
  await expect(Ownership.take(folder)).rejects.toMatchObject({ code: "ALREADY_RUNNING" });
  await first.release();
});

test("a lock file that is overwritten while it is held stays locked", async () => {
  const folder = temporaryFolder();
  const first = await Ownership.take(folder);
  writeFileSync(join(folder, "owner.sqlite"), GARBAGE);
  await expect(Ownership.take(folder)).rejects.toMatchObject({ code: "ALREADY_RUNNING" });
  await first.release();
});

test("sets aside what is not a file, and sweeps what a crash left", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "owner.sqlite"));
  makePipe(join(folder, "owner.json"));
  for (const name of ["owner.json", "settings.json"]) {
    writeFileSync(join(folder, `${name}.${randomUUID()}.part`), "{");
  }
  const owner = await Ownership.take(folder);
  const kept = readdirSync(folder).filter((name) => !name.endsWith("-journal"));
  expect(kept.toSorted()).toEqual([
    "owner.damaged.json",
    "owner.damaged.sqlite",
    "owner.json",
    "owner.sqlite",
  ]);
  await owner.release();
});
