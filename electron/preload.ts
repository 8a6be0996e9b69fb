import { contextBridge, ipcRenderer, webUtils } from "electron";
import { CALLS, channelOf, COMMAND_CHANNEL, type Call, type Outcome } from "./channels.ts";

/**
 * The desktop functions for the page: one frozen object. Electron's own objects and events do not reach the page, and
 * the main process validates every argument.
 */
const calls = Object.fromEntries(
  CALLS.map((call) => [call, (...args: unknown[]) => invoke(call, args)]),
);

contextBridge.exposeInMainWorld(
  "desktop",
  Object.freeze({
    ...calls,
    platform: process.platform,
    /** Returns a function that stops listening. */
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
