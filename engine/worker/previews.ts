import { StudioError } from "../contract/errors.ts";
import type { Pixels } from "../image/pixels.ts";
import { encodePng } from "../image/png/png.ts";

/** Enough that a slow page still finds the latest ones; one is a few hundred bytes to a few kilobytes. */
const KEPT = 24;

/** The latest previews, in memory only. */
export class Previews {
  readonly #pictures = new Map<string, Pixels>();

  /** Stores a preview and gives its id. */
  add(generationId: string, step: number, pixels: Pixels): string {
    const id = `${generationId}-${step}`;
    this.#pictures.set(id, pixels);
    const [oldest] = this.#pictures.keys();
    if (this.#pictures.size > KEPT && oldest !== undefined) this.#pictures.delete(oldest);
    return id;
  }

  /** Refuses as NOT_FOUND a preview that has been superseded. */
  open(id: string): { readonly type: string; readonly bytes: Uint8Array } {
    const pixels = this.#pictures.get(id);
    if (pixels === undefined) throw new StudioError("NOT_FOUND", { what: "preview", id });
    return { type: "image/png", bytes: encodePng(pixels) };
  }
}
