import type { DatabaseSync } from "node:sqlite";
import { type GalleryFacets, type GalleryNames, type GalleryQuery } from "../contract/gallery.ts";
import { searchQuery } from "./search-words.ts";

type Value = string | number;

/** Conditions of SQL, all of which must hold, with the values of their question marks. */
type Conditions = readonly (readonly [sql: string, ...values: readonly Value[]])[];

/** Ids of all pictures that answer the query, by day. */
export function findNames(database: DatabaseSync, query: GalleryQuery): GalleryNames {
  const conditions = conditionsOf(query);
  const order = query.sort === "oldest" ? "ASC" : "DESC";
  // One row a day rather than one a picture: node:sqlite makes objects of rows, which costs more than the search.
  const rows = database
    .prepare(
      `SELECT day, group_concat(id, ' ' ORDER BY created_at ${order}, id ${order}) AS ids
       FROM images WHERE ${conditions.map(([sql]) => sql).join(" AND ")}
       GROUP BY day ORDER BY day ${order}`,
    )
    .all(...conditions.flatMap(([, ...values]) => values));
  const days = rows.map(({ day, ids }) => ({ day: String(day), ids: String(ids).split(" ") }));
  return { total: days.reduce((total, { ids }) => total + ids.length, 0), days };
}

function conditionsOf(query: GalleryQuery): Conditions {
  const { search = "", model, target, size, from, to, isStarred } = query;
  const words = searchQuery(search);
  const conditions: (Conditions[number] | undefined)[] = [
    ["is_trashed = ?", Number(query.isTrashed ?? false)],
    words === undefined
      ? undefined
      : ["number IN (SELECT rowid FROM texts WHERE texts MATCH ?)", words],
    model === undefined ? undefined : ["model = ?", model],
    target === undefined ? undefined : ["target = ?", target],
    size && ["width = ? AND height = ?", size.width, size.height],
    from === undefined ? undefined : ["day >= ?", from],
    to === undefined ? undefined : ["day <= ?", to],
    isStarred === undefined ? undefined : ["is_starred = ?", Number(isStarred)],
  ];
  return conditions.filter((condition) => condition !== undefined);
}

/** What there is to filter by, the most frequent first; the trash is counted and nothing more. */
export function countFacets(database: DatabaseSync): GalleryFacets {
  const count = (columns: string) =>
    database
      .prepare(
        `SELECT ${columns}, count(*) AS count FROM images WHERE is_trashed = 0
         GROUP BY ${columns} ORDER BY count DESC, ${columns}`,
      )
      .all();
  const named = (column: string) =>
    count(column).map((row) => ({ name: String(row[column]), count: Number(row["count"]) }));
  const totals = database
    .prepare(
      `SELECT count(*) FILTER (WHERE is_trashed = 0) AS total, sum(is_trashed) AS trashed,
         count(*) FILTER (WHERE is_trashed = 0 AND is_starred = 1) AS starred FROM images`,
    )
    .get();
  return {
    models: named("model"),
    targets: named("target"),
    sizes: count("width, height").map(({ width, height, count }) => ({
      width: Number(width),
      height: Number(height),
      count: Number(count),
    })),
    starred: Number(totals?.["starred"]),
    trashed: Number(totals?.["trashed"]),
    total: Number(totals?.["total"]),
  };
}
