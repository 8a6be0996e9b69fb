import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { readJson, writeJson } from "../files/json-file.ts";
import type { ImageRows } from "./image-rows.ts";
import { type KeptMarks, readMarks } from "./kept-marks.ts";
import type { Marks } from "./marks.ts";

/** A hundred thousand stars and ratings, each with several tags and albums. */
const MAX_BYTES = 32 << 20;

const contentSchema = z.object({
  folders: z.array(z.string()),
  starred: z.array(z.string()),
  /** Absent in files of earlier versions. */
  marks: z.unknown().optional().transform(readMarks),
});
type Content = z.output<typeof contentSchema>;

/**
 * What pictures do not contain themselves, in a file beside the index so that it outlives the index: stars, ratings,
 * tags, albums, and the folders that pictures were stored in.
 */
export class MarkFile {
  readonly #path: string;
  #starred: ReadonlySet<string>;
  #folders: ReadonlySet<string>;
  #marks: KeptMarks;
  readonly #wasThere: boolean;
  /** Notice that the file was damaged. */
  readonly notice: string | undefined;

  static async open(path: string): Promise<MarkFile> {
    const { value, notice } = await readJson(path, {
      maxBytes: MAX_BYTES,
      parse: (json) => contentSchema.parse(json),
    });
    return new MarkFile(path, value, notice);
  }

  private constructor(path: string, content: Content | undefined, notice: string | undefined) {
    this.#path = path;
    this.#wasThere = content !== undefined;
    this.#starred = new Set(content?.starred);
    this.#folders = new Set(content?.folders);
    this.#marks = content?.marks ?? readMarks(undefined);
    this.notice = notice;
  }

  isStarred(id: string): boolean {
    return this.#starred.has(id);
  }

  get marks(): KeptMarks {
    return this.#marks;
  }

  /** Stores the index's marks if they have changed. */
  async keepMarks(marks: Marks): Promise<void> {
    const now = marks.all();
    if (!isDeepStrictEqual(now, this.#marks)) await this.#write({ marks: now });
  }

  /** In the form that `Places.kept` returns. */
  get folders(): readonly string[] {
    return [...this.#folders];
  }

  async star(ids: readonly string[], isStarred: boolean): Promise<void> {
    const named = new Set(ids);
    const starred = isStarred ? this.#starred.union(named) : this.#starred.difference(named);
    await this.#write({ starred });
  }

  async addFolder(folder: string): Promise<void> {
    if (this.#folders.has(folder)) return;
    await this.#write({ folders: this.#folders.union(new Set([folder])) });
  }

  /**
   * Synchronises with the index: it takes precedence for the stars of its pictures, and knows the folders if this file
   * was lost.
   */
  async learn(rows: ImageRows): Promise<void> {
    const { starred: named, others } = rows.stars();
    const starred = new Set(named).union(this.#starred.difference(new Set(others)));
    const places = this.#wasThere ? [] : rows.places();
    const folders = this.#folders.union(new Set(places.map(({ path }) => dirname(path))));
    const isNew = starred.symmetricDifference(this.#starred).size > 0 || places.length > 0;
    if (isNew) await this.#write({ folders, starred });
  }

  /** A change takes effect once it is on the disk. */
  async #write(change: Partial<Kept>): Promise<void> {
    const { folders = this.#folders, starred = this.#starred, marks = this.#marks } = change;
    const content: Content = { folders: [...folders], starred: [...starred], marks };
    await writeJson(this.#path, content);
    this.#starred = starred;
    this.#folders = folders;
    this.#marks = marks;
  }
}

/** The file's content in memory. */
interface Kept {
  readonly folders: ReadonlySet<string>;
  readonly starred: ReadonlySet<string>;
  readonly marks: KeptMarks;
}
