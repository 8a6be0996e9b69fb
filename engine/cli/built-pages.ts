import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { StudioError } from "../contract/errors.ts";
import { note } from "./outcome.ts";

const ROOT = dirname(dirname(import.meta.dirname));

/** What the pages are built from. */
const SOURCES = ["renderer", "engine/contract", "vite.config.ts", "package-lock.json"];

/** Builds the pages where they are missing or older than their sources; tells on stderr. */
export async function buildPages(): Promise<void> {
  const built = await changedAt(join(ROOT, "dist/renderer/index.html"));
  const changes = await Promise.all(SOURCES.map((path) => newestIn(join(ROOT, path))));
  if (built > 0 && built >= Math.max(...changes)) return;
  note("Building the pages, which takes some seconds.");
  const vite = join(ROOT, "node_modules/vite/bin/vite.js");
  const child = spawn(process.execPath, [vite, "build"], {
    cwd: ROOT,
    stdio: ["ignore", process.stderr, process.stderr],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new StudioError("INTERFACE_MISSING");
}

/** Milliseconds since 1970 of the newest file below a path; 0 where there is none. */
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
