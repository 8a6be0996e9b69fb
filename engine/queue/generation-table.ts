import type { DatabaseSync } from "node:sqlite";
import { toWire } from "../contract/errors.ts";
import type { Generation, OtherOrder } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import { isReadable, readRow, type Row } from "./row.ts";

/** The SQL for a member of a row's `grid`, null for other rows and damaged ones. */
export function gridMember(name: "id" | "row" | "column"): string {
  return `CASE WHEN json_valid(generation_order) THEN generation_order ->> '$.grid.${name}' END`;
}

/** How a generation ended. */
export type Outcome =
  | { readonly state: "done"; readonly imageId: string }
  | { readonly state: "failed"; readonly error: unknown }
  /** With an error if the endpoint already had the request. */
  | { readonly state: "cancelled" | "interrupted"; readonly error?: unknown };

/** A new row. */
export interface Entry {
  readonly id: string;
  readonly order: Order;
  readonly target: string;
  readonly createdAt: string;
  readonly place: number;
  /** The orders for other targets, in the order in which they are tried. */
  readonly elsewhere?: readonly OtherOrder[] | undefined;
}

/** Open rows in drawing order, then ended ones, latest first. */
const OPEN_FIRST = "ORDER BY state = 'running' DESC, place";
const OPEN = "state IN ('waiting', 'running')";
const ENDED = "state IN ('done', 'failed', 'cancelled', 'interrupted')";

/**
 * The SQL statements of the queue's database. Which changes are allowed is decided in Queue. Rows that this version
 * cannot read can be listed and removed by their id, and are not touched otherwise.
 */
export class GenerationTable {
  readonly #database: DatabaseSync;
  readonly #unread: ReadonlySet<string>;
  /** Endings that are not yet on disk, by id. */
  readonly #pending = new Map<string, Ending>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    const all = database.prepare("SELECT * FROM generation").all().map(readRow);
    this.#unread = new Set(all.filter((one) => !isReadable(one)).map(({ id }) => id));
  }

  /** Rows that cannot be read, latest first. */
  unread(): Generation[] {
    if (this.#unread.size === 0) return [];
    const latest = this.#database.prepare("SELECT * FROM generation ORDER BY place DESC").all();
    return latest.filter(({ id }) => this.#unread.has(String(id))).map(readRow);
  }

  find(id: string): Generation | undefined {
    const row = this.#database.prepare("SELECT * FROM generation WHERE id = ?").get(id);
    return row && readRow({ ...row, ...this.#pending.get(id) });
  }

  orderTexts(): string[] {
    const texts = "generation_order || coalesce(elsewhere, '') AS text";
    const rows = this.#database.prepare(`SELECT ${texts} FROM generation`).all();
    return rows.map(({ text }) => String(text));
  }

  /** The pictures of a grid row by row, without deleted ones. */
  ofGrid(gridId: string): Generation[] {
    const [id, row, column] = [gridMember("id"), gridMember("row"), gridMember("column")];
    return this.#select(`${id} = ? ORDER BY ${row}, ${column}`, gridId);
  }

  open(): Generation[] {
    return this.#select(`${OPEN} ${OPEN_FIRST}`);
  }

  ended(limit: number): Generation[] {
    const pending = this.#pendingIds.map((id) => this.find(id)).filter((one) => one !== undefined);
    const written = this.#select(`${ENDED} ORDER BY place DESC LIMIT ?`, limit);
    return [...pending.toReversed(), ...written];
  }

  waiting(): Generation[] {
    return this.#select("state = 'waiting' ORDER BY place");
  }

  waitingTargets(): string[] {
    return this.#texts("DISTINCT target", "state = 'waiting'");
  }

  /** All running rows, readable or not. */
  runningIds(): string[] {
    const rows = this.#database.prepare("SELECT id FROM generation WHERE state = 'running'").all();
    return rows.map(({ id }) => String(id));
  }

  firstWaiting(target: string): Generation | undefined {
    return this.#select("state = 'waiting' AND target = ? ORDER BY place LIMIT 1", target)[0];
  }

  openIds(): string[] {
    return this.#texts("id", `${OPEN} ${OPEN_FIRST}`);
  }

  endedIds(): string[] {
    return [...this.#pendingIds, ...this.#texts("id", ENDED)];
  }

  insert({ id, order, target, createdAt, place, elsewhere }: Entry): void {
    this.#database
      .prepare(
        `INSERT INTO generation (id, state, place, generation_order, target, created_at, elsewhere)
         VALUES (?, 'waiting', ?, ?, ?, ?, ?)`,
      )
      .run(id, place, JSON.stringify(order), target, createdAt, listText(elsewhere));
  }

  /** Moves a running generation to the queue of its next target, keeping its place. */
  moveOn({ id, target, elsewhere = [], tried = [] }: Generation, error: unknown): void {
    const [next, ...rest] = elsewhere;
    if (next === undefined) return;
    this.#database
      .prepare(
        `UPDATE generation SET state = 'waiting', target = ?, generation_order = ?, elsewhere = ?,
           tried = ?, started_at = NULL WHERE id = ?`,
      )
      .run(
        next.target,
        JSON.stringify(next.order),
        listText(rest),
        listText([...tried, { target, error: toWire(error) }]),
        id,
      );
  }

  start(id: string, at: string): void {
    this.#database
      .prepare("UPDATE generation SET state = 'running', started_at = ? WHERE id = ?")
      .run(at, id);
  }

  end(id: string, outcome: Outcome, at: string): void {
    this.#write(id, endingOf(outcome, at));
  }

  /** Ends a generation in memory; `writePendingEndings` writes the ending to the disk. */
  endInMemory(id: string, outcome: Outcome, at: string): void {
    this.#pending.set(id, endingOf(outcome, at));
  }

  /** Writes all pending endings; they stay pending until the transaction is on disk. */
  writePendingEndings(): void {
    for (const [id, ending] of this.#pending) this.#write(id, ending);
  }

  /** Forgets the pending endings, once they are on disk. */
  clearPendingEndings(): void {
    this.#pending.clear();
  }

  /** Makes it wait again, in the last place. */
  putBack(id: string): void {
    this.#database
      .prepare(
        `UPDATE generation SET state = 'waiting', place = ?, error = NULL, started_at = NULL,
           ended_at = NULL WHERE id = ?`,
      )
      .run(this.lastPlace() + 1, id);
  }

  firstPlace(): number {
    return this.#place("min");
  }

  lastPlace(): number {
    return this.#place("max");
  }

  /** Moves a waiting generation in front of another, or to the end; those behind move up by one. */
  move(id: string, before: string | null): void {
    const place = before === null ? this.lastPlace() + 1 : this.#placeOf(before);
    this.#database
      .prepare("UPDATE generation SET place = place + 1 WHERE state = 'waiting' AND place >= ?")
      .run(place);
    this.#database.prepare("UPDATE generation SET place = ? WHERE id = ?").run(place, id);
  }

  /** Removes all ended generations but the latest. */
  removeOlder(kept: number): void {
    const older = this.#texts("id", `${ENDED} ORDER BY place DESC LIMIT -1 OFFSET ?`, kept);
    for (const id of older) this.remove(id);
  }

  remove(id: string): void {
    this.#database.prepare("DELETE FROM generation WHERE id = ?").run(id);
  }

  get isPaused(): boolean {
    return this.#database.prepare("SELECT is_paused FROM queue").get()?.["is_paused"] === 1;
  }

  set isPaused(isPaused: boolean) {
    this.#database.prepare("UPDATE queue SET is_paused = ?").run(isPaused ? 1 : 0);
  }

  #select(where: string, ...values: (string | number)[]): Generation[] {
    return this.#readable("*", where, values).map(readRow);
  }

  #texts(column: string, where: string, ...values: (string | number)[]): string[] {
    return this.#readable(column, where, values).map((row) => String(Object.values(row)[0]));
  }

  /** Rows as in the table, without pending endings. */
  #readable(columns: string, where: string, values: readonly (string | number)[]) {
    const isRead = "id NOT IN (SELECT value FROM json_each(?))";
    return this.#database
      .prepare(`SELECT ${columns} FROM generation WHERE ${isRead} AND ${where}`)
      .all(JSON.stringify([...this.#unread, ...this.#pending.keys()]), ...values);
  }

  get #pendingIds(): string[] {
    return [...this.#pending.keys()].filter((id) => !this.#unread.has(id));
  }

  #write(id: string, { state, image_id, error, ended_at }: Ending): void {
    this.#database
      .prepare(
        `UPDATE generation SET state = ?, image_id = ?, error = ?, ended_at = ?, place = ?
         WHERE id = ?`,
      )
      .run(state, image_id, error, ended_at, this.lastPlace() + 1, id);
  }

  #place(which: "min" | "max"): number {
    const select = `SELECT coalesce(${which}(place), 0) AS place FROM generation`;
    return Number(this.#database.prepare(select).get()?.["place"]);
  }

  #placeOf(id: string): number {
    const row = this.#database.prepare("SELECT place FROM generation WHERE id = ?").get(id);
    return Number(row?.["place"]);
  }
}

/** The columns that an ending changes, except for the place. */
interface Ending extends Row {
  readonly state: string;
  readonly image_id: string | null;
  readonly error: string | null;
  readonly ended_at: string;
}

/** A list as it is stored; an empty one as null. */
function listText(list: readonly unknown[] = []): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}

function endingOf(outcome: Outcome, at: string): Ending {
  const error = outcome.state === "done" ? undefined : outcome.error;
  return {
    state: outcome.state,
    image_id: outcome.state === "done" ? outcome.imageId : null,
    error: error === undefined ? null : JSON.stringify(toWire(error)),
    ended_at: at,
  };
}
