import { contextBridge, ipcRenderer, webUtils } from "electron";
import { CALLS, channelOf, COMMAND_CHANNEL, type Call, type Outcome } from "./channels.ts";

/**
 * What the page gets of the desktop: one frozen object of named functions. Neither Electron's own
 * objects nor its events reach the page, and every argument is checked on the other side.
 */
const calls = Object.fromEntries(
  CALLS.map((call) => [call, (...args: unknown[]) => invoke(call, args)]),
);

contextBridge.exposeInMainWorld(
  "desktop",
  Object.freeze({
    ...calls,
    platform: process.platform,
    /** Gives back how to stop listening. */
    onCommand: (listener: (id: string) => void) => {
      const hear = (_: unknown, id: unknown): void => listener(String(id));
      ipcRenderer.on(COMMAND_CHANNEL, hear);
      return () => void ipcRenderer.off(COMMAND_CHANNEL, hear);
    },
    pathOf: (file: File) => webUtils.getPathForFile(file),
  }),
);

async function invoke(call: Call, args: readonly unknown[]): Promise<unknown> {
  const outcome: Outcome = await ipcRenderer.invoke(channelOf(call), ...args);
  if ("refusal" in outcome) throw new Error(outcome.refusal);
  return outcome.value;
}
