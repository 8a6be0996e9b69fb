import { randomUUID } from "node:crypto";
import { StudioError } from "../contract/errors.ts";
import type { Exported } from "../gallery/picture-zip.ts";

/** Exports that were asked for and not fetched yet; the oldest goes when there are more. */
const MAX_KEPT = 20;

/** Which pictures are exported under an address: a download in a browser can send no list of them. */
export class Exports {
  readonly #asked = new Map<string, Exported>();

  /** Gives the id under which they are fetched. */
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
