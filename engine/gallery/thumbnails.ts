import { existsSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder, writeAtomically } from "../files/atomic-file.ts";
import type { Pixels } from "../image/pixels.ts";
import type { Places } from "./places.ts";

/** Makes a small WebP of a picture, given as pixels or PNG. */
export type MakeThumbnail = (picture: Pixels | Uint8Array) => Promise<Uint8Array>;

/**
 * The thumbnails. They are made together with their pictures; a missing one is made on demand, so they need no
 * maintenance.
 */
export class Thumbnails {
  readonly #places: Places;
  readonly #make: MakeThumbnail;
  /** Thumbnails being made now, so that simultaneous requests decode once. */
  readonly #making = new Map<string, Promise<void>>();

  constructor(places: Places, make: MakeThumbnail) {
    this.#places = places;
    this.#make = make;
  }

  /** Path of the thumbnail for the picture in `file`. */
  async of(id: string, file: string): Promise<string> {
    const path = this.#places.thumbnail(id);
    if (existsSync(path)) return path;
    const making = this.#making.get(id) ?? this.#fromFile(id, file);
    this.#making.set(id, making);
    await making.finally(() => this.#making.delete(id));
    return path;
  }

  /** As `put`; if it fails, the thumbnail is made on demand later. */
  async tryPut(id: string, picture: Pixels | Uint8Array): Promise<void> {
    await this.put(id, picture).catch(() => {});
  }

  async put(id: string, picture: Pixels | Uint8Array): Promise<void> {
    const path = this.#places.thumbnail(id);
    const webp = await this.#make(picture);
    await makeFolder(dirname(path));
    await writeAtomically(path, (file) => file.writeFile(webp));
  }

  async remove(id: string): Promise<void> {
    await rm(this.#places.thumbnail(id), { force: true });
  }

  async #fromFile(id: string, file: string): Promise<void> {
    await this.put(id, await readFile(file));
  }
}
