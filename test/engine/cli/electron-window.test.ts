import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  runWindow,
  type WindowEnd,
  type WindowPlace,
} from "../../../engine/cli/electron-window.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

interface Trial {
  /** What install.js of the invented package does; absent if the program is installed already. */
  readonly installer?: string;
  /** The program itself, as a shell script. */
  readonly program?: string;
  readonly place?: Partial<WindowPlace>;
  readonly signal?: AbortSignal;
  readonly stallMs?: number;
}

const PUT = `
  import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
  const put = (program) => {
    mkdirSync(new URL("dist/", import.meta.url), { recursive: true });
    writeFileSync(new URL("dist/electron", import.meta.url), program);
    chmodSync(new URL("dist/electron", import.meta.url), 0o755);
    writeFileSync(new URL("path.txt", import.meta.url), "electron");
  };
`;

/** Opens a window with an invented electron package, on a machine with a display. */
async function trial({ installer, program = "exit 0", place, signal, stallMs = 20_000 }: Trial) {
  const electron = temporaryFolder();
  const script = `#!/bin/sh\n${program}\n`;
  writeFileSync(join(electron, "package.json"), '{"type":"module"}');
  if (installer === undefined) {
    mkdirSync(join(electron, "dist"));
    writeFileSync(join(electron, "dist", "electron"), script);
    chmodSync(join(electron, "dist", "electron"), 0o755);
    writeFileSync(join(electron, "path.txt"), "electron");
  } else {
    const program = JSON.stringify(script);
    writeFileSync(join(electron, "install.js"), `${PUT};const program = ${program};${installer}`);
  }
  const lines: string[] = [];
  const end: WindowEnd = await runWindow({
    args: ["--port", "7900"],
    onProgress: (line) => lines.push(line),
    signal: signal ?? new AbortController().signal,
    stallMs,
    lookMs: 100,
    build: async () => {},
    place: {
      platform: "linux",
      env: { PATH: process.env["PATH"], DISPLAY: ":0" },
      userId: 1000,
      electron,
      app: "/repository",
      ...place,
    },
  });
  return { end, lines, electron };
}

test.each<[string, Partial<WindowPlace>, string]>([
  ["without a display", { env: {} }, "there is no display"],
  ["with an empty one", { env: { DISPLAY: "" } }, "there is no display"],
  ["as root", { userId: 0 }, "Electron's sandbox is not for the root user"],
])("%s no window opens, and nothing is downloaded", async (_, place, reason) => {
  const { end, electron } = await trial({ installer: "put(program)", place });
  expect(end).toEqual({ reason });
  expect(readdirSync(electron).toSorted()).toEqual(["install.js", "package.json"]);
});

test.each<[string, Partial<WindowPlace>]>([
  ["a Wayland display", { env: { WAYLAND_DISPLAY: "wayland-0" } }],
  ["macOS", { platform: "darwin", env: {} }],
])("on %s the window opens", async (_, place) => {
  expect((await trial({ place })).end).toEqual({ exitCode: 0 });
});

test("passes its flags on, and none of the variables that would make Electron a plain Node", async () => {
  const notes = join(temporaryFolder(), "notes");
  const program = `echo "$@ [$ELECTRON_RUN_AS_NODE] $(ulimit -c)" > ${notes}`;
  const env = { DISPLAY: ":0", PATH: process.env["PATH"], ELECTRON_RUN_AS_NODE: "1" };
  expect((await trial({ program, place: { env } })).end).toEqual({ exitCode: 0 });
  expect(readFileSync(notes, "utf8")).toBe("/repository --port 7900 [] 0\n");
});

test("a missing program is downloaded, and the progress is reported", async () => {
  const installer = `
    const { setTimeout: wait } = await import("node:timers/promises");
    const { writeFileSync: write } = await import("node:fs");
    for (let i = 1; i <= 4; i++) {
      write(process.env.TMPDIR + "/electron.zip", Buffer.alloc(i * 1_000_000));
      await wait(150);
    }
    put(program);
  `;
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith("darkroom-electron-"));
  const { end, lines } = await trial({ installer });
  expect(end).toEqual({ exitCode: 0 });
  expect(lines.length).toBeGreaterThan(1);
  expect(lines.at(-1)).toMatch(/^Fetching Electron for the window: \d MB$/);
  const after = readdirSync(tmpdir()).filter((name) => name.startsWith("darkroom-electron-"));
  expect(after).toEqual(before);
});

test("a download that stalls is given up, and its process ends", async () => {
  const { end } = await trial({ installer: "setInterval(() => {}, 1000)", stallMs: 400 });
  expect(end).toEqual({ reason: "fetching Electron stood still for 0.4 s" });
});

test.each([
  [
    'console.error("TypeError: fetch failed\\n    at node:internal"); process.exit(1)',
    "Electron could not be downloaded: fetch failed",
  ],
  ["process.exit(0)", "Electron's own installer left no program"],
])("an installer that fails is reported: %s", async (installer, reason) => {
  expect((await trial({ installer })).end).toEqual({ reason });
});

test.each([
  [
    "echo noise >&2; echo 'Missing X server or $DISPLAY' >&2; exit 1",
    "exit code 1: Missing X server or $DISPLAY",
  ],
  ["kill -TRAP $$", "SIGTRAP"],
])("a program that ends with an error at once counts as no window: %s", async (program, cause) => {
  expect((await trial({ program })).end).toEqual({ reason: `Electron ended at once (${cause})` });
});

test("when it is told to end, the window ends", async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 300);
  const { end } = await trial({ program: "sleep 5", signal: stop.signal });
  expect(end).toEqual({ exitCode: 1 });
});
