import { z } from "zod";
import { readJson, writeJson } from "../files/json-file.ts";

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
    const starred = new Set(this.#starred);
    for (const id of ids) {
      if (isStarred) starred.add(id);
      else starred.delete(id);
    }
    this.#starred = starred;
    await this.#write();
  }

  async addFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    this.#folders = new Set([...this.#folders, folder]);
    await this.#write();
  }

  async #write(): Promise<void> {
    const content: Content = { folders: [...this.#folders], starred: [...this.#starred] };
    await writeJson(this.#path, content);
  }
}
