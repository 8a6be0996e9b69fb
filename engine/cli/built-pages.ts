import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { note } from "./outcome.ts";

const ROOT = dirname(dirname(import.meta.dirname));

const PAGE = "dist/renderer/index.html";

/** Whether there are pages to serve. */
export async function arePagesBuilt(): Promise<boolean> {
  return (await changedAt(join(ROOT, PAGE))) > 0;
}

/** An output of vite: its sources, and the file that is written last. */
interface Build {
  readonly words: string;
  readonly result: string;
  readonly sources: readonly string[];
  /** Modes of vite.config.ts; none for the pages. */
  readonly modes: readonly string[];
}

const TOOLS = ["engine/contract", "vite.config.ts", "package-lock.json"];

/** Builds the pages if they are missing or older than their sources; reports on stderr. */
export function buildPages(): Promise<void> {
  return buildWhereOld({
    words: "the pages",
    result: PAGE,
    sources: ["renderer", ...TOOLS],
    modes: [""],
  });
}

/** Builds what runs in Electron in the same way. */
export function buildWindow(): Promise<void> {
  return buildWhereOld({
    words: "the window",
    result: "dist/electron/preload.cjs",
    sources: ["electron", ...TOOLS],
    modes: ["electron", "preload"],
  });
}

async function buildWhereOld({ words, result, sources, modes }: Build): Promise<void> {
  const built = await changedAt(join(ROOT, result));
  const changes = await Promise.all(sources.map((path) => newestIn(join(ROOT, path))));
  if (built > 0 && built >= Math.max(...changes)) return;
  note(`Building ${words}, which takes some seconds.`);
  for (const mode of modes) await runVite(mode === "" ? [] : ["--mode", mode]);
}

async function runVite(flags: readonly string[]): Promise<void> {
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const child = spawn(process.execPath, [vite, "build", ...flags], {
    cwd: ROOT,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new StudioError("INTERFACE_MISSING");
}

/** Modification time of the newest file below a path, in milliseconds since 1970; 0 if there is none. */
async function newestIn(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const times = await Promise.all(names.map((name) => changedAt(join(path, name))));
  return Math.max(await changedAt(path), ...times);
}

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}
