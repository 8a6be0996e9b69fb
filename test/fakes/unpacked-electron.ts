import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeAsar } from "./asar-writer.ts";

/**
 * What @electron/fuses searches for in Electron's binary: this sentinel, the wire's version and length, and one letter
 * per fuse.
 */
const SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
const FUSES = "101101111";

/**
 * Replaces Electron's unpacked release for Linux if it is not available: enough for electron-builder to lay out an app
 * and set its fuses, but it cannot run.
 */
export function unpackElectron(folder: string): void {
  mkdirSync(join(folder, "resources"), { recursive: true });
  const wire = Buffer.concat([Buffer.of(1, FUSES.length), Buffer.from(FUSES)]);
  const binary = Buffer.concat([Buffer.from(`\u007FELF${SENTINEL}`), wire, Buffer.alloc(64)]);
  writeFileSync(join(folder, "electron"), binary, { mode: 0o755 });
  for (const name of ["version", "LICENSE", "LICENSES.chromium.html", "chrome-sandbox"]) {
    writeFileSync(join(folder, name), "made up");
  }
  writeAsar(join(folder, "resources", "default_app.asar"), {
    "package.json": '{"main":"main.js"}',
  });
}
