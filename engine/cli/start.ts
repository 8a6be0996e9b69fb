import { Command } from "commander";
import { StudioError } from "../contract/errors.ts";
import { buildPages } from "./built-pages.ts";
import { runWindow } from "./electron-window.ts";
import { note, printResult } from "./outcome.ts";
import { runningStudio } from "./open.ts";
import {
  announce,
  hostOptions,
  openHost,
  untilStopped,
  useModel,
  withServeFlags,
  type ServeFlags,
} from "./serve.ts";

/** `start`: the studio in its window if one can open, otherwise for a browser. */
export function startCommand(signal: AbortSignal): Command {
  return withServeFlags(new Command("start"))
    .description("Starts the studio in a window or, if none can be opened, for a browser.")
    .action(async (flags: ServeFlags) => {
      await buildPages();
      // The window gets the same flags, unchanged.
      const args = process.argv.slice(process.argv.indexOf("start") + 1);
      const window = await runWindow({ args, signal, onProgress: note });
      if ("exitCode" in window) process.exitCode = window.exitCode;
      else await startForBrowser(flags, { signal, reason: window.reason });
    });
}

async function startForBrowser(
  flags: ServeFlags,
  { signal, reason }: { signal: AbortSignal; reason: string },
): Promise<void> {
  signal.throwIfAborted();
  try {
    const host = await openHost(hostOptions(flags, { takesOthers: true }));
    await useModel(host, flags, signal);
    note(`No window, since ${reason}. Open this address in a browser; it works once.`);
    await announce(host, flags);
    await untilStopped(host, signal);
  } catch (error) {
    if (!(error instanceof StudioError && error.code === "ALREADY_RUNNING")) throw error;
    await joinRunning(flags, error);
  }
}

/** A studio is already running: prints its address. */
async function joinRunning({ dataDir, json }: ServeFlags, { details }: StudioError): Promise<void> {
  const { url, endpoint } = await runningStudio(dataDir);
  note(`Darkroom is already running (process ${details["pid"] ?? "unknown"}).`);
  printResult(json, { type: "ready", url, endpoint, pid: details["pid"] }, url);
}
