import type { Album, AlbumChange, DeletedAlbum, Mark } from "../contract/gallery-marks.ts";
import type { Turns } from "../files/turns.ts";
import type { GalleryParts } from "./gallery-parts.ts";
import type { Marks } from "./marks.ts";

/** An album whose cover has no address yet. */
export type StoredAlbum = Omit<Album, "cover"> & { readonly cover?: string };

/** A person's marks on pictures, changed in the index and stored beside it. */
export class Marking {
  readonly #parts: GalleryParts;
  readonly #turns: Turns;

  constructor(parts: GalleryParts, turns: Turns) {
    this.#parts = parts;
    this.#turns = turns;
  }

  /** Rates and tags pictures; deleted ones are ignored. */
  async mark({ ids, ...change }: Mark): Promise<void> {
    await this.#marking((marks) => marks.put({ ids: this.#known(ids), ...change }));
  }

  /** Albums in their order; refuses as Albums does. */
  get albums(): StoredAlbum[] {
    return this.#parts.marks.albums.list();
  }

  async makeAlbum(name: string): Promise<void> {
    await this.#marking(({ albums }) => albums.make(name));
  }

  async changeAlbum(change: AlbumChange): Promise<void> {
    await this.#marking(({ albums }) => albums.change(change));
  }

  /** The pictures stay. */
  async deleteAlbum(name: string): Promise<DeletedAlbum> {
    return this.#marking(({ albums }) => albums.delete(name));
  }

  async addToAlbum(name: string, ids: readonly string[]): Promise<void> {
    await this.#marking(({ albums }) => albums.add(name, this.#known(ids)));
  }

  async takeFromAlbum(name: string, ids: readonly string[]): Promise<void> {
    await this.#marking(({ albums }) => albums.take(name, ids));
  }

  /** Stores the index's marks. If that fails, the file is updated with the next mark or at the next start. */
  async keep(): Promise<void> {
    await this.#marking(() => undefined);
  }

  /** The index first: it commits at once and takes precedence. */
  async #marking<T>(change: (marks: Marks) => T): Promise<T> {
    const { marks, markFile } = this.#parts;
    return this.#turns.take(async () => {
      const result = change(marks);
      await markFile.keepMarks(marks).catch(() => {});
      return result;
    });
  }

  #known(ids: readonly string[]): string[] {
    return this.#parts.rows.getMany(ids).map(({ id }) => id);
  }
}
