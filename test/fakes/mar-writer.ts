import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { zipOf, type ZipEntry } from "./zip-writer.ts";

/** The small snapshot in the tests' archives. */
export const TINY = "test/golden/tiny-sd2-v/snapshot";

export const HANDLER: ZipEntry = {
  name: "stable_diffusion_handler.py",
  data: Buffer.from("raise SystemExit('a handler was run')\n"),
};

/** MAR-INF/MANIFEST.json as torch-model-archiver 0.12.0 writes it, with changes to its model. */
export function manifest(changes: object = {}): ZipEntry {
  const model = {
    modelName: "stable-diffusion",
    handler: HANDLER.name,
    modelVersion: "1.0",
    ...changes,
  };
  const json = {
    createdOn: "28/11/2026 20:14:19",
    runtime: "python",
    model,
    archiverVersion: "0.12.0",
  };
  return { name: "MAR-INF/MANIFEST.json", data: Buffer.from(JSON.stringify(json, null, 2)) };
}

/** A .mar of these members, followed by handler and manifest. */
export function marOf(members: readonly ZipEntry[], changes: object = {}): Uint8Array {
  return zipOf([...members, HANDLER, manifest(changes)]);
}

/** The files of a folder as entries below `prefix`. */
export function entriesOf(
  folder: string = TINY,
  { prefix = "", stored = true }: { readonly prefix?: string; readonly stored?: boolean } = {},
): readonly ZipEntry[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(folder, name)).isFile())
    .toSorted()
    .map((name) => ({
      name: `${prefix}${name.replaceAll("\\", "/")}`,
      data: readFileSync(join(folder, name)),
      stored,
    }));
}

/** The form of the KServe example's notebook: the snapshot as model.zip inside. */
export function notebookMar(
  { stored = true }: { readonly stored?: boolean } = {},
  inside: readonly ZipEntry[] = entriesOf(),
): Uint8Array {
  return marOf([{ name: "model.zip", data: zipOf(inside), stored }]);
}
