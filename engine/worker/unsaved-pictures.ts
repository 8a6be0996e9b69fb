import type { NewPicture } from "../gallery/keep-picture.ts";

/** Above this many bytes of PNG the oldest is dropped; its seed draws it again. */
const MAX_BYTES = 256 << 20;

/**
 * Pictures that were drawn but could not be stored, usually because of a full disk: in memory until storing is tried
 * again.
 */
export class UnsavedPictures {
  readonly #pictures = new Map<string, NewPicture>();

  set(generationId: string, picture: NewPicture): void {
    this.#pictures.delete(generationId);
    this.#pictures.set(generationId, picture);
    for (const [oldest] of this.#pictures) {
      if (this.#sizeBytes() <= MAX_BYTES) return;
      this.#pictures.delete(oldest);
    }
  }

  get(generationId: string): NewPicture | undefined {
    return this.#pictures.get(generationId);
  }

  forget(generationIds: readonly string[]): void {
    for (const id of generationIds) this.#pictures.delete(id);
  }

  #sizeBytes(): number {
    return [...this.#pictures.values()].reduce(
      (sum, { png, pixels }) => sum + png.length + (pixels?.data.length ?? 0),
      0,
    );
  }
}
