import fs, { type FileHandle } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { writeSync } from "node:fs";

/**
 * Loaded before a program with `--import`: the process ends, as by kill -9, at the n-th point (DIE_AT) before or during
 * any disk operation, counted from startCounting; the point after one operation is the one before the next. Without
 * DIE_AT, every point is printed on stderr as `point NAME`.
 */
const dieAt = Number(process.env["DIE_AT"] ?? -1);
let count = -1;

/** Starts counting points. */
export function startCounting(): void {
  count = 0;
}

/**
 * Writes a line synchronously, because the content of a stream would be lost when the process dies. Waits if nobody has
 * read for a while.
 */
export function say(descriptor: number, line: string): void {
  for (;;) {
    try {
      writeSync(descriptor, `${line}\n`);
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
}

function point(name: string): void {
  if (count < 0) return;
  if (dieAt < 0) say(2, `point ${name}`);
  else if (count === dieAt) process.kill(process.pid, "SIGKILL");
  count++;
}

type Method = (this: unknown, ...args: unknown[]) => unknown;

function wrap(owner: object, name: string): void {
  const original = Reflect.get(owner, name) as Method;
  Reflect.set(owner, name, function (this: unknown, ...args: unknown[]) {
    const told = typeof args[0] === "string" && name === "exec" ? `${name} ${args[0]}` : name;
    point(`before ${told}`);
    return original.apply(this, args);
  });
}

for (const name of ["open", "link", "rename", "rm", "mkdir"]) wrap(fs, name);
for (const name of ["exec"]) wrap(DatabaseSync.prototype, name);
for (const name of ["run"]) wrap(StatementSync.prototype, name);

const probe = await fs.open(import.meta.filename);
const handles = Object.getPrototypeOf(probe) as FileHandle;
await probe.close();
for (const name of ["sync", "close"]) wrap(handles, name);

const writeWhole = Reflect.get(handles, "writeFile") as Method;
handles.writeFile = async function (this: FileHandle, data, options) {
  if (data instanceof Uint8Array && count >= 0) {
    const half = data.subarray(0, data.length >> 1);
    point("before writeFile");
    await writeWhole.call(this, half, options);
    point("amid writeFile");
    await writeWhole.call(this, data.subarray(half.length), options);
    return;
  }
  point("before writeFile");
  await writeWhole.call(this, data, options);
};

syncBuiltinESMExports();
