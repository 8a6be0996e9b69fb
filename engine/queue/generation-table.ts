import type { DatabaseSync } from "node:sqlite";
import { toWire } from "../contract/errors.ts";
import type { Generation } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import { readRow } from "./row.ts";

/** What a generation ended in. */
export type Outcome =
  | { readonly state: "done"; readonly imageId: string }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "cancelled" | "interrupted" };

/** A new row. */
export interface Entry {
  readonly id: string;
  readonly order: Order;
  readonly target: string;
  readonly createdAt: string;
  readonly place: number;
}

/** Open rows come in the order they are drawn; of those that have ended, the latest come first. */
const OPEN_FIRST = "ORDER BY state = 'running' DESC, place";
const OPEN = "state IN ('waiting', 'running')";

/** The statements of the queue's database. What may be done to which row is the queue's to know. */
export class GenerationTable {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  find(id: string): Generation | undefined {
    const row = this.#database.prepare("SELECT * FROM generation WHERE id = ?").get(id);
    return row && readRow(row);
  }

  open(): Generation[] {
    return this.#select(`WHERE ${OPEN} ${OPEN_FIRST}`);
  }

  ended(limit: number): Generation[] {
    return this.#select(`WHERE NOT ${OPEN} ORDER BY place DESC LIMIT ?`, limit);
  }

  waiting(): Generation[] {
    return this.#select("WHERE state = 'waiting' ORDER BY place");
  }

  waitingTargets(): string[] {
    const rows = this.#database
      .prepare("SELECT DISTINCT target FROM generation WHERE state = 'waiting'")
      .all();
    return rows.map(({ target }) => String(target));
  }

  running(): Generation[] {
    return this.#select("WHERE state = 'running'");
  }

  firstWaiting(target: string): Generation | undefined {
    return this.#select("WHERE state = 'waiting' AND target = ? ORDER BY place LIMIT 1", target)[0];
  }

  openIds(): string[] {
    const rows = this.#database.prepare(`SELECT id FROM generation WHERE ${OPEN} ${OPEN_FIRST}`);
    return rows.all().map(({ id }) => String(id));
  }

  endedIds(): string[] {
    const rows = this.#database.prepare(`SELECT id FROM generation WHERE NOT ${OPEN}`);
    return rows.all().map(({ id }) => String(id));
  }

  insert({ id, order, target, createdAt, place }: Entry): void {
    this.#database
      .prepare(
        `INSERT INTO generation (id, state, place, generation_order, target, created_at)
         VALUES (?, 'waiting', ?, ?, ?, ?)`,
      )
      .run(id, place, JSON.stringify(order), target, createdAt);
  }

  start(id: string, at: string): void {
    this.#database
      .prepare("UPDATE generation SET state = 'running', started_at = ? WHERE id = ?")
      .run(at, id);
  }

  end(id: string, outcome: Outcome, at: string): void {
    const imageId = outcome.state === "done" ? outcome.imageId : null;
    const error = outcome.state === "failed" ? JSON.stringify(toWire(outcome.error)) : null;
    this.#database
      .prepare(
        `UPDATE generation SET state = ?, image_id = ?, error = ?, ended_at = ?, place = ?
         WHERE id = ?`,
      )
      .run(outcome.state, imageId, error, at, this.lastPlace() + 1, id);
  }

  /** Makes it wait again, last. */
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

  /** Puts a waiting one in front of another, or last; those behind move up by one. */
  move(id: string, before: string | null): void {
    const place = before === null ? this.lastPlace() + 1 : this.#placeOf(before);
    this.#database
      .prepare("UPDATE generation SET place = place + 1 WHERE state = 'waiting' AND place >= ?")
      .run(place);
    this.#database.prepare("UPDATE generation SET place = ? WHERE id = ?").run(place, id);
  }

  /** Removes all but the latest of those that have ended. */
  removeOlder(kept: number): void {
    this.#database
      .prepare(
        `DELETE FROM generation WHERE id IN
           (SELECT id FROM generation WHERE NOT ${OPEN} ORDER BY place DESC LIMIT -1 OFFSET ?)`,
      )
      .run(kept);
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
    return this.#database
      .prepare(`SELECT * FROM generation ${where}`)
      .all(...values)
      .map(readRow);
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
