import { dirname } from "node:path";
import { z } from "zod";
import { readJson, writeJson } from "../files/json-file.ts";
import type { ImageRows } from "./image-rows.ts";

/** A hundred thousand stars. */
const MAX_BYTES = 4 << 20;

const contentSchema = z.object({ folders: z.array(z.string()), starred: z.array(z.string()) });
type Content = z.output<typeof contentSchema>;

/**
 * The little that pictures do not tell themselves, kept in a file beside the index, so that it
 * survives the index: which are starred, and which folders ever took pictures.
 */
export class Keepsakes {
  readonly #path: string;
  #starred: ReadonlySet<string>;
  #folders: ReadonlySet<string>;
  readonly #wasThere: boolean;
  /** That the file was damaged, for a person. */
  readonly notice: string | undefined;

  static async open(path: string): Promise<Keepsakes> {
    const { value, notice } = await readJson(path, {
      maxBytes: MAX_BYTES,
      parse: (json) => contentSchema.parse(json),
    });
    return new Keepsakes(path, value, notice);
  }

  private constructor(path: string, content: Content | undefined, notice: string | undefined) {
    this.#path = path;
    this.#wasThere = content !== undefined;
    this.#starred = new Set(content?.starred);
    this.#folders = new Set(content?.folders);
    this.notice = notice;
  }

  isStarred(id: string): boolean {
    return this.#starred.has(id);
  }

  /** As Places keeps paths. */
  get folders(): readonly string[] {
    return [...this.#folders];
  }

  async star(ids: readonly string[], isStarred: boolean): Promise<void> {
    const named = new Set(ids);
    const starred = isStarred ? this.#starred.union(named) : this.#starred.difference(named);
    await this.#write(this.#folders, starred);
  }

  async addFolder(folder: string): Promise<void> {
    if (!this.#folders.has(folder)) await this.#write(this.#folders.union(new Set([folder])));
  }

  /**
   * Takes over what the index knows: it has the last word about the stars of the pictures in it, and
   * knows the folders where this file was lost.
   */
  async learn(rows: ImageRows): Promise<void> {
    const { starred: named, others } = rows.stars();
    const starred = new Set(named).union(this.#starred.difference(new Set(others)));
    const places = this.#wasThere ? [] : rows.places();
    const folders = this.#folders.union(new Set(places.map(({ path }) => dirname(path))));
    const isNew = starred.symmetricDifference(this.#starred).size > 0 || places.length > 0;
    if (isNew) await this.#write(folders, starred);
  }

  /** Holds only once it is on the disk. */
  async #write(folders: ReadonlySet<string>, starred = this.#starred): Promise<void> {
    const content: Content = { folders: [...folders], starred: [...starred] };
    await writeJson(this.#path, content);
    this.#starred = starred;
    this.#folders = folders;
  }
}
