import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { StudioError } from "../contract/errors.ts";
import type { AlbumChange, DeletedAlbum } from "../contract/gallery-marks.ts";
import { inTransaction } from "../database/transaction.ts";
import type { KeptAlbum } from "./kept-marks.ts";

/** An album in a list; `cover` is its picture. */
interface ListedAlbum {
  readonly name: string;
  readonly count: number;
  readonly cover?: string;
}

/** The tables `albums` and `album_images`. Names identify albums and ignore case. */
export class Albums {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** In the person's order, with the pictures that are not in the trash. */
  list(): ListedAlbum[] {
    const rows = this.#database
      .prepare(
        `SELECT name, count(images.id) AS count, coalesce(
           max(images.id) FILTER (WHERE images.id = cover),
           substr(max(images.created_at || ' ' || images.id), 26)
         ) AS cover
         FROM albums LEFT JOIN album_images ON album = albums.number
         LEFT JOIN images ON images.id = album_images.id AND is_trashed = 0
         GROUP BY albums.number ORDER BY place`,
      )
      .all();
    return rows.map(({ name, count, cover }) => ({
      name: String(name),
      count: Number(count),
      ...(cover !== null && { cover: String(cover) }),
    }));
  }

  /** Makes an empty album at the end. Refuses as ALBUM_EXISTS. */
  make(name: string): void {
    this.#refuseTaken(name);
    this.#database
      .prepare("INSERT INTO albums (name, place) SELECT ?, coalesce(max(place) + 1, 0) FROM albums")
      .run(name);
  }

  /** Refuses as NOT_FOUND or ALBUM_EXISTS. */
  change({ name, newName, cover, place }: AlbumChange): void {
    inTransaction(this.#database, () => {
      const number = this.#number(name);
      if (place !== undefined) this.#move(number, place);
      if (cover !== undefined)
        this.#database.prepare("UPDATE albums SET cover = ? WHERE number = ?").run(cover, number);
      if (newName === undefined) return;
      this.#refuseTaken(newName, number);
      this.#database.prepare("UPDATE albums SET name = ? WHERE number = ?").run(newName, number);
    });
  }

  /** Moves an album, and numbers all of them again. */
  #move(number: number, place: number): void {
    const others = this.#numbers().filter((one) => one !== number);
    const update = this.#database.prepare("UPDATE albums SET place = ? WHERE number = ?");
    for (const [at, one] of others.toSpliced(place, 0, number).entries()) update.run(at, one);
  }

  #numbers(): number[] {
    const rows = this.#database.prepare("SELECT number FROM albums ORDER BY place").all();
    return rows.map(({ number }) => Number(number));
  }

  /** Refuses as NOT_FOUND. */
  delete(name: string): DeletedAlbum {
    return inTransaction(this.#database, () => {
      const number = this.#number(name);
      const place = this.#numbers().indexOf(number);
      const kept = this.all()[place];
      this.#database.prepare("DELETE FROM albums WHERE number = ?").run(number);
      return { name: kept?.name ?? name, place, cover: kept?.cover ?? null, ids: kept?.ids ?? [] };
    });
  }

  /** Adds pictures that are not in it yet. Refuses as NOT_FOUND. */
  add(name: string, ids: readonly string[]): void {
    inTransaction(this.#database, () =>
      this.#database
        .prepare("INSERT OR IGNORE INTO album_images (album, id) SELECT ?, value FROM json_each(?)")
        .run(this.#number(name), JSON.stringify(ids)),
    );
  }

  /** Removes pictures from it. Refuses as NOT_FOUND. */
  take(name: string, ids: readonly string[]): void {
    inTransaction(this.#database, () =>
      this.#database
        .prepare(
          "DELETE FROM album_images WHERE album = ? AND id IN (SELECT value FROM json_each(?))",
        )
        .run(this.#number(name), JSON.stringify(ids)),
    );
  }

  /** In the person's order, with all their pictures. */
  all(): KeptAlbum[] {
    const rows = this.#database
      .prepare(
        `SELECT name, cover, group_concat(id, ' ') AS ids
         FROM albums LEFT JOIN album_images ON album = number GROUP BY number ORDER BY place`,
      )
      .all();
    return rows.map(({ name, cover, ids }) => ({
      name: String(name),
      ...(cover !== null && { cover: String(cover) }),
      ids: namesIn(ids),
    }));
  }

  #number(name: string): number {
    const found = this.#database.prepare("SELECT number FROM albums WHERE name = ?").get(name);
    if (found === undefined) throw new StudioError("NOT_FOUND", { what: "album", id: name });
    return Number(found["number"]);
  }

  #refuseTaken(name: string, own?: number): void {
    const found = this.#database.prepare("SELECT number FROM albums WHERE name = ?").get(name);
    const isFree = found === undefined || Number(found["number"]) === own;
    if (!isFree) throw new StudioError("ALBUM_EXISTS", { name });
  }
}

function namesIn(joined: SQLOutputValue | undefined): string[] {
  return typeof joined === "string" ? joined.split(" ") : [];
}
