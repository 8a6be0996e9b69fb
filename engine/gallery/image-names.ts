import type { DatabaseSync } from "node:sqlite";
import { type GalleryFacets, type GalleryNames, type GalleryQuery } from "../contract/gallery.ts";
import {
  SEARCH_TERMS,
  type SearchTerm,
  type SearchTermName,
  readSearch,
} from "../contract/gallery-search.ts";
import { searchQuery } from "./search-words.ts";

/** An SQL condition on a row of `images`, with the values of its placeholders. */
type Condition = readonly [sql: string, ...values: readonly (string | number)[]];

/** Where settings are stored. A damaged record has none, and matches nothing. */
const KEPT: Readonly<Partial<Record<SearchTermName, string>>> = {
  steps: recorded("steps"),
  sampler: recorded("scheduler"),
  seed: recorded("seed"),
  model: "model",
  guidance: recorded("guidanceScale"),
  width: "width",
  height: "height",
  strength: recorded("strength"),
  preset: recorded("preset"),
  precision: recorded("precision"),
  device: recorded("device"),
  // A list as JSON writes it.
  style: recorded("styles"),
  decoder: recorded("decoder"),
  "guidance-interval": `${recorded("guidanceInterval[0]")} || '-' || ${recorded("guidanceInterval[1]")}`,
  "cache-interval": recorded("cacheInterval"),
  // A record without a mode has a stretched start image, if any.
  resize: `coalesce(${recorded("resizeMode")}, iif(${recorded("initImageId")} IS NULL, NULL, 'default'))`,
  target: "lower(target)",
  file: "path",
  rating: "coalesce((SELECT rating FROM ratings WHERE ratings.id = images.id), 0)",
};

function recorded(name: string): string {
  return `CASE WHEN json_valid(record) THEN record ->> '$.${name}' END`;
}

/** The condition for a search term. */
function conditionOf(term: SearchTerm): Condition {
  if ("unreadable" in term) return ["FALSE"];
  if ("width" in term) return ["width = ? AND height = ?", term.width, term.height];
  const kept = KEPT[term.name];
  if ("number" in term) return [`${kept} ${term.comparison} ?`, term.number];
  if (term.name === "like") {
    const prompt = recorded("prompt");
    return [`${prompt} = (SELECT ${prompt} FROM images WHERE id = ?)`, term.text];
  }
  if (term.name === "tag") return ["id IN (SELECT id FROM tags WHERE name = ?)", term.text];
  if (term.name === "album") {
    const inAlbum = "SELECT id FROM album_images JOIN albums ON number = album WHERE name = ?";
    return [`id IN (${inAlbum})`, term.text];
  }
  const isPart = SEARCH_TERMS[term.name] === "contains";
  return [isPart ? `instr(lower(${kept}), lower(?)) > 0` : `(${kept}) = lower(?)`, term.text];
}

/** Ids of all pictures that answer the query, by day. */
export function findNames(database: DatabaseSync, query: GalleryQuery): GalleryNames {
  const conditions = conditionsOf(query);
  const order = query.sort === "oldest" ? "ASC" : "DESC";
  // One row per day instead of one per picture: node:sqlite makes an object of each row, which takes longer than the
  // search.
  const rows = database
    .prepare(
      `SELECT day, group_concat(id, ' ' ORDER BY created_at ${order}, id ${order}) AS ids
       FROM images WHERE ${conditions.map(([sql]) => `(${sql})`).join(" AND ")}
       GROUP BY day ORDER BY day ${order}`,
    )
    .all(...conditions.flatMap(([, ...values]) => values));
  const days = rows.map(({ day, ids }) => ({ day: String(day), ids: String(ids).split(" ") }));
  return { total: days.reduce((total, { ids }) => total + ids.length, 0), days };
}

/** Ids of the newest pictures that match the search, up to a limit. */
export function findNewest(database: DatabaseSync, search: string, limit: number): string[] {
  const conditions = conditionsOf({ search });
  // In the order of an index, so that it stops at the limit.
  const rows = database
    .prepare(
      `SELECT id FROM images WHERE ${conditions.map(([sql]) => `(${sql})`).join(" AND ")}
       ORDER BY day DESC, created_at DESC, id DESC LIMIT ?`,
    )
    .all(...conditions.flatMap(([, ...values]) => values), limit);
  return rows.map(({ id }) => String(id));
}

/** Pictures whose prompts contain the typed words; a number alone finds its seed, too. */
function wordsCondition(typed: string): Condition | undefined {
  const words = searchQuery(typed);
  if (words === undefined) return undefined;
  const inPrompts = "number IN (SELECT rowid FROM texts WHERE texts MATCH ?)";
  const text = typed.trim();
  if (!/^\d+$/.test(text)) return [inPrompts, words];
  const [isSeed, ...values] = conditionOf({ name: "seed", text });
  return [`${inPrompts} OR ${isSeed}`, words, ...values];
}

/** All must hold. */
function conditionsOf(query: GalleryQuery): readonly Condition[] {
  const { search = "", model, target, size, from, to, isStarred } = query;
  const { words: typed, terms } = readSearch(search);
  const conditions: (Condition | undefined)[] = [
    ["is_trashed = ?", Number(query.isTrashed ?? false)],
    wordsCondition(typed),
    model === undefined ? undefined : ["model = ?", model],
    target === undefined ? undefined : ["target = ?", target],
    size && ["width = ? AND height = ?", size.width, size.height],
    from === undefined ? undefined : ["day >= ?", from],
    to === undefined ? undefined : ["day <= ?", to],
    isStarred === undefined ? undefined : ["is_starred = ?", Number(isStarred)],
    ...terms.map(conditionOf),
  ];
  return conditions.filter((condition) => condition !== undefined);
}

/** The choices for filters, most frequent first; of the trash only the count. */
export function countFacets(database: DatabaseSync): Omit<GalleryFacets, "tags" | "albums"> {
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
