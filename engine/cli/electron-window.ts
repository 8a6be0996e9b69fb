import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { buildWindow } from "./built-pages.ts";
import { findElectron, type ElectronFetching } from "./electron-binary.ts";

/** How the window ended, or why there was none, so that the studio is opened in a browser. */
export type WindowEnd = { readonly exitCode: number } | { readonly reason: string };

/** What decides whether a window can open, and with which program. */
export interface WindowPlace {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Undefined on Windows. */
  readonly userId: number | undefined;
  /** Folder of the electron package. */
  readonly electron: string;
  /** Folder whose package.json names the main script. */
  readonly app: string;
}

export interface WindowRun extends ElectronFetching {
  /** Flags of `start`, passed on unchanged. */
  readonly args: readonly string[];
  readonly place?: WindowPlace;
  /** Builds what runs in Electron. */
  readonly build?: () => Promise<void>;
}

/** A program that fails this soon has shown nothing. */
const TOO_SOON_MS = 15_000;
/** Time limit for ending when asked to; the host ends with it. */
const END_MS = 4500;
const WORDS_MS = 300;

/** Runs the studio in its window, if one can open, until it is closed. */
export async function runWindow(run: WindowRun): Promise<WindowEnd> {
  const place = run.place ?? thisPlace();
  const obstacle = obstacleTo(place);
  if (obstacle !== undefined) return { reason: obstacle };
  const electron = await findElectron(place.electron, run);
  if ("reason" in electron) return electron;
  await (run.build ?? buildWindow)();
  const began = performance.now();
  const child = spawnWindow(electron.path, place, run.args);
  const words = lastWords(child);
  const { code, cause } = await ended(child, run.signal);
  const isTooSoon = performance.now() - began < TOO_SOON_MS;
  if (code === 0 || run.signal.aborted || !isTooSoon) return { exitCode: code ?? 1 };
  return { reason: `Electron ended at once (${cause}${words()})` };
}

function obstacleTo({ platform, env, userId }: WindowPlace): string | undefined {
  if (platform === "darwin" || platform === "win32") return undefined;
  const isSet = (name: string): boolean => (env[name] ?? "") !== "";
  if (!isSet("DISPLAY") && !isSet("WAYLAND_DISPLAY")) return "there is no display";
  return userId === 0 ? "Electron's sandbox is not for the root user" : undefined;
}

function spawnWindow(program: string, place: WindowPlace, args: readonly string[]): ChildProcess {
  // Some editors' terminals set it, and it would make Electron run as plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...env } = place.env;
  const words = [program, place.app, ...args];
  const stdio = ["ignore", "ignore", "pipe"] as const;
  if (place.platform === "win32") return spawn(program, words.slice(1), { env, stdio: [...stdio] });
  // Tokens pass through it: core dumps are disabled.
  return spawn("/bin/sh", ["-c", 'ulimit -c 0; exec "$@"', "sh", ...words], {
    env,
    stdio: [...stdio],
  });
}

/** Passes on its output, and keeps the last non-empty line. */
function lastWords(child: ChildProcess): () => string {
  let kept = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    process.stderr.write(text);
    kept = (kept + text).slice(-2000);
  });
  return () => {
    const line = kept.trim().split("\n").at(-1) ?? "";
    return line === "" ? "" : `: ${line.slice(0, 300)}`;
  };
}

async function ended(
  child: ChildProcess,
  signal: AbortSignal,
): Promise<{ readonly code: number | null; readonly cause: string }> {
  const stop = (): void => {
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), END_MS).unref();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const closed = once(child, "close");
  const [code, cause] = await once(child, "exit");
  signal.removeEventListener("abort", stop);
  // Its output has been read by then, unless a process that it left keeps it open.
  await Promise.race([closed, wait(WORDS_MS, undefined, { ref: false })]);
  return { code, cause: cause ?? `exit code ${code}` };
}

function thisPlace(): WindowPlace {
  const app = dirname(dirname(import.meta.dirname));
  return {
    platform: process.platform,
    env: process.env,
    userId: process.getuid?.(),
    electron: join(app, "node_modules", "electron"),
    app,
  };
}
