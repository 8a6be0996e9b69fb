/** The calls that the page may make of the window's process, by name, and the one thing it is told. */
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

/** How a call's name looks on the wire. */
export function channelOf(call: Call): string {
  return `desktop:${call}`;
}

/** A command of the application menu, by its id. */
export const COMMAND_CHANNEL = "desktop:command";

/** What comes back of a call: Electron would wrap a thrown error in words of its own. */
export type Outcome = { readonly value: unknown } | { readonly refusal: string };
