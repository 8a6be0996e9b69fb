import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** The program in Electron's package, or why there is none. */
export type FoundElectron = { readonly path: string } | { readonly reason: string };

export interface ElectronFetching {
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
  /** If no byte arrives for this long, the studio continues without it. */
  readonly stallMs?: number;
  readonly lookMs?: number;
}

const STALL_MS = 20_000;
const LOOK_MS = 1000;

/** Finds the program in Electron's package folder; since version 42 it is downloaded on first use. */
export async function findElectron(
  folder: string,
  fetching: ElectronFetching,
): Promise<FoundElectron> {
  const there = await electronIn(folder);
  if (there !== undefined) return { path: there };
  const failure = await fetchElectron(folder, fetching);
  const path = await electronIn(folder);
  if (path !== undefined) return { path };
  return { reason: failure ?? "Electron's own installer left no program" };
}

/** As electron/index.js finds it: `path.txt` is written once everything is unpacked. */
async function electronIn(folder: string): Promise<string | undefined> {
  try {
    const name = (await readFile(join(folder, "path.txt"), "utf8")).trim();
    const path = join(process.env["ELECTRON_OVERRIDE_DIST_PATH"] ?? join(folder, "dist"), name);
    await access(path);
    return path;
  } catch {
    return undefined;
  }
}

/** Runs the package's own installer, which verifies the download; returns why it failed. */
async function fetchElectron(
  folder: string,
  { onProgress, signal, stallMs = STALL_MS, lookMs = LOOK_MS }: ElectronFetching,
): Promise<string | undefined> {
  const workplace = await mkdtemp(join(tmpdir(), "darkroom-electron-"));
  const places = { TMPDIR: workplace, TEMP: workplace, TMP: workplace };
  const child = spawn(process.execPath, [join(folder, "install.js")], {
    env: { ...process.env, ...places, ELECTRON_GET_NO_PROGRESS: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
  const ended = once(child, "close").then(([code]) => (code === 0 ? "done" : failureIn(words)));
  try {
    for (let bytes = -1, idleMs = 0; idleMs < stallMs; idleMs += lookMs) {
      const state = await Promise.race([ended, wait(lookMs, "running")]);
      if (state !== "running") return state === "done" ? undefined : state;
      if (signal.aborted) return "cancelled";
      const now = (await sizeOf(workplace)) + (await sizeOf(join(folder, "dist")));
      if (now === bytes) continue;
      if (now > 0) onProgress(`Fetching Electron for the window: ${(now / 1e6).toFixed(0)} MB`);
      [bytes, idleMs] = [now, 0];
    }
    return `fetching Electron stood still for ${stallMs / 1000} s`;
  } finally {
    child.kill("SIGKILL");
    await rm(workplace, { recursive: true, force: true });
  }
}

function failureIn(words: string): string {
  const line = /^\s*(?:\w*Error|cause): (.+)$/m.exec(words)?.[1] ?? words.trim().split("\n")[0];
  return `Electron could not be downloaded: ${(line ?? "").slice(0, 200)}`;
}

/** Bytes in a folder, while another process is writing there. */
async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
