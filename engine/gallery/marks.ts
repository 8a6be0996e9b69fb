import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { Mark, Marks as ImageMarks } from "../contract/gallery-marks.ts";
import { inTransaction } from "../database/transaction.ts";
import { Albums } from "./albums.ts";
import type { KeptMarks } from "./kept-marks.ts";

const UNMARKED: ImageMarks = { rating: 0, tags: [], albums: [] };

/**
 * Ratings, tags and albums. They belong to a picture's id rather than its row, and so outlive a rebuild of the index,
 * and a disk that is temporarily missing.
 */
export class Marks {
  readonly #database: DatabaseSync;
  readonly albums: Albums;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.albums = new Albums(database);
  }

  /** The marks of pictures by id; pictures without marks are left out. */
  of(ids: readonly string[]): (id: string) => ImageMarks {
    const found = new Map<string, ImageMarks>();
    const add = (id: SQLOutputValue | undefined, change: (marks: ImageMarks) => ImageMarks) =>
      found.set(String(id), change(found.get(String(id)) ?? UNMARKED));
    for (const { id, rating } of this.#about(ids, "SELECT id, rating FROM ratings"))
      add(id, (marks) => ({ ...marks, rating: Number(rating) }));
    for (const { id, name } of this.#about(ids, "SELECT id, name FROM tags", "name"))
      add(id, (marks) => ({ ...marks, tags: [...marks.tags, String(name)] }));
    const albums = "SELECT id, name FROM album_images JOIN albums ON number = album";
    for (const { id, name } of this.#about(ids, albums, "place"))
      add(id, (marks) => ({ ...marks, albums: [...marks.albums, String(name)] }));
    return (id) => found.get(id) ?? UNMARKED;
  }

  #about(ids: readonly string[], select: string, order = "id") {
    return this.#database
      .prepare(`${select} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY ${order}`)
      .all(JSON.stringify(ids));
  }

  /** Rates and tags pictures. Tags are removed before others are added, so that one can replace another. */
  put({ ids, rating, tag = [], untag = [] }: Mark): void {
    const named = JSON.stringify(ids);
    inTransaction(this.#database, () => {
      if (rating !== undefined) this.#rate(named, rating);
      for (const name of untag) this.#run("DELETE FROM tags WHERE name = ? AND id", name, named);
      for (const name of tag)
        // Spelled as it was first: "Fish" joins "fish".
        this.#database
          .prepare(
            `INSERT OR IGNORE INTO tags (name, id)
             SELECT coalesce((SELECT name FROM tags WHERE name = ?1 LIMIT 1), ?1), value FROM json_each(?2)`,
          )
          .run(name, named);
    });
  }

  #rate(ids: string, rating: number): void {
    if (rating === 0) return this.#run("DELETE FROM ratings WHERE id", ids);
    this.#database
      .prepare("INSERT OR REPLACE INTO ratings (id, rating) SELECT value, ? FROM json_each(?)")
      .run(rating, ids);
  }

  /** The last value is a JSON list of ids. */
  #run(sql: string, ...values: string[]): void {
    this.#database.prepare(`${sql} IN (SELECT value FROM json_each(?))`).run(...values);
  }

  /** Tags of pictures that are not in the trash, most frequent first. */
  countTags(): { readonly name: string; readonly count: number }[] {
    const rows = this.#database
      .prepare(
        `SELECT tags.name, count(*) AS count FROM tags JOIN images ON images.id = tags.id AND is_trashed = 0
         GROUP BY tags.name ORDER BY count DESC, tags.name`,
      )
      .all();
    return rows.map(({ name, count }) => ({ name: String(name), count: Number(count) }));
  }

  /** Deletes the marks of a permanently deleted picture. */
  forget(id: string): void {
    inTransaction(this.#database, () => {
      for (const table of ["ratings", "tags", "album_images"])
        this.#database.prepare(`DELETE FROM ${table} WHERE id = ?`).run(id);
      this.#database.prepare("UPDATE albums SET cover = NULL WHERE cover = ?").run(id);
    });
  }

  /** All marks, for storing beside the index. */
  all(): KeptMarks {
    const grouped = (column: string, table: string) =>
      this.#database
        .prepare(
          `SELECT ${column} AS name, group_concat(id, ' ') AS ids FROM ${table} GROUP BY 1 ORDER BY 1`,
        )
        .all()
        .map(({ name, ids }) => [String(name), String(ids).split(" ")] as const);
    return {
      ratings: Object.fromEntries(grouped("rating", "ratings")),
      tags: Object.fromEntries(grouped("name", "tags")),
      albums: this.albums.all(),
    };
  }

  /** Restores stored marks into a new index. */
  takeOver({ ratings, tags, albums }: KeptMarks): void {
    inTransaction(this.#database, () => {
      if (!this.#isEmpty) return;
      for (const [rating, ids] of Object.entries(ratings))
        this.put({ ids, rating: Number(rating) });
      for (const [name, ids] of Object.entries(tags)) this.put({ ids, tag: [name] });
      for (const { name, cover, ids } of albums) {
        this.albums.make(name);
        this.albums.add(name, ids);
        this.albums.change({ name, cover: cover ?? null });
      }
    });
  }

  get #isEmpty(): boolean {
    const tables = ["ratings", "tags", "albums"];
    return tables.every(
      (table) => this.#database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() === undefined,
    );
  }
}
