import { randomUUID } from "node:crypto";
import { StudioError } from "../contract/errors.ts";
import type { Exported } from "../gallery/picture-zip.ts";

/** Exports that were prepared and not downloaded yet; beyond this number the oldest is dropped. */
const MAX_KEPT = 20;

/** Which pictures are exported at an address, since a browser's download cannot send a list. */
export class Exports {
  readonly #asked = new Map<string, Exported>();

  /** Returns the id at which they can be downloaded. */
  put(exported: Exported): string {
    const id = randomUUID();
    this.#asked.set(id, exported);
    for (const oldest of this.#asked.keys()) {
      if (this.#asked.size <= MAX_KEPT) break;
      this.#asked.delete(oldest);
    }
    return id;
  }

  /** Refuses as NOT_FOUND. */
  get(id: string): Exported {
    const exported = this.#asked.get(id);
    if (exported === undefined) throw new StudioError("NOT_FOUND", { what: "export", id });
    return exported;
  }
}
