/** The calls that the page can make to the main process, by name, and the one message it receives. */
export const CALLS = [
  "chooseFolder",
  "choosePicture",
  "revealImage",
  "copyImage",
  "startDrag",
  "revealFolder",
  "notify",
  "setProgress",
  "showMenu",
] as const;
export type Call = (typeof CALLS)[number];

/** The IPC channel of a call. */
export function channelOf(call: Call): string {
  return `desktop:${call}`;
}

/** A command of the application menu, by its id. */
export const COMMAND_CHANNEL = "desktop:command";

/** The result of a call: Electron would wrap a thrown error in words of its own. */
export type Outcome = { readonly value: unknown } | { readonly refusal: string };
