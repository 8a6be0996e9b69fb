import { mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { makePipe } from "./make-pipe.ts";

/** Objects other than files that may be in a file's place; none of them exists on Windows. */
export const SPECIAL_FILES: Readonly<Record<string, (path: string) => void | Promise<void>>> = {
  "a pipe": makePipe,
  "a socket": async (path) => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(path, resolve));
    onTestFinished(() => void server.close());
  },
  "a device without end": (path) => symlinkSync("/dev/zero", path),
  "a link to itself": (path) => symlinkSync(path, path),
  "a folder": (path) => mkdirSync(path),
};
