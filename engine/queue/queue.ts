import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { StudioError } from "../contract/errors.ts";
import type { Generation, GenerationState, OtherOrder } from "../contract/generation.ts";
import type { Order } from "../contract/order.ts";
import { closeDatabase, type OpenedDatabase, openOrReplace } from "../database/database.ts";
import { inTransaction } from "../database/transaction.ts";
import { diskFullNotice } from "../files/disk-full.ts";
import { unreadNotice } from "../files/json-file.ts";
import { isDiskFull } from "../files/system-error.ts";
import { GenerationTable, type Outcome } from "./generation-table.ts";
import { MIGRATIONS } from "./migrations.ts";
import { SheetTable } from "./sheet-table.ts";
import { canBecome, conflict, isOpen } from "./states.ts";

/** The effect of a command: new or changed rows, and ids of removed ones. */
export interface QueueChange {
  readonly changed: readonly Generation[];
  readonly removed: readonly string[];
}

export interface QueueOptions {
  readonly now?: () => Date;
  /** How many ended generations are kept after a restart; their pictures stay in the gallery. */
  readonly keptEnded?: number;
  /** The finished picture of a generation that was running when the program ended; undefined if there is none. */
  readonly pictureOf?: (id: string) => string | undefined;
  /** Called after every change, once it is on the disk. */
  readonly onChange?: (change: QueueChange) => void;
  /** Called when `notices` changed. */
  readonly onNotices?: () => void;
}

/** Where new generations are added. */
export interface Adding {
  readonly isFirst?: boolean;
  readonly target?: string;
  /** For each order, the orders for other targets that can draw it instead. */
  readonly elsewhere?: readonly (readonly OtherOrder[])[];
}

/** How many ended generations are listed; older ones can still be found by id. */
const LISTED_ENDED = 200;
const KEPT_ENDED = 5000;

const INTERRUPTED: Outcome = { state: "interrupted" };

/** Waiting, running and ended generations, stored in a SQLite file so that they survive a restart. */
export class Queue {
  readonly #database: DatabaseSync;
  readonly #table: GenerationTable;
  readonly sheets: SheetTable;
  readonly #now: () => Date;
  readonly #notices: readonly string[];
  #onChange: (change: QueueChange) => void = () => {};
  #onNotices: () => void = () => {};
  /** Whether the disk was full at the latest change. */
  #isFull = false;
  private constructor(database: DatabaseSync, lost: OpenedDatabase["lost"], now: () => Date) {
    this.#database = database;
    this.#table = new GenerationTable(database);
    this.sheets = new SheetTable(database);
    this.#now = now;
    const unread = unreadNotice(this.#table.unread().length, "generation in the queue");
    this.#notices = [lost && noticeOf(lost), unread].filter((text) => text !== undefined);
  }

  /**
   * Opens the queue in `path`. A generation that was running when the program ended is done if its picture was stored,
   * else interrupted.
   */
  static open(path: string, options: QueueOptions = {}): Queue {
    const { now = () => new Date(), keptEnded = KEPT_ENDED, pictureOf } = options;
    const { database, lost } = openOrReplace(path, MIGRATIONS);
    const queue = new Queue(database, lost, now);
    queue.#settle(keptEnded, pictureOf);
    // Only now: listeners cannot use the queue before it is open.
    queue.#onChange = options.onChange ?? queue.#onChange;
    queue.#onNotices = options.onNotices ?? queue.#onNotices;
    return queue;
  }

  /** Notices about how it was opened, and about a full disk. */
  get notices(): readonly string[] {
    if (!this.#isFull) return this.#notices;
    return [...this.#notices, diskFullNotice(dirname(this.#database.location() ?? ""))];
  }

  get isPaused(): boolean {
    return this.#table.isPaused;
  }

  /** Open generations in drawing order, then unreadable ones and the latest ended ones. */
  list(): Generation[] {
    return [...this.#table.open(), ...this.#table.unread(), ...this.#table.ended(LISTED_ENDED)];
  }

  /** The stored text of every order, including unreadable ones. */
  orderTexts(): string[] {
    return this.#table.orderTexts();
  }

  /** The pictures of a grid, without deleted ones. */
  ofGrid(gridId: string): Generation[] {
    return this.#table.ofGrid(gridId);
  }

  openIds(): string[] {
    return this.#table.openIds();
  }

  /** Targets with generations waiting. */
  waitingTargets(): string[] {
    return this.#table.waitingTargets();
  }

  get(id: string): Generation {
    const generation = this.#table.find(id);
    if (generation === undefined) throw new StudioError("NOT_FOUND", { what: "generation", id });
    return generation;
  }

  /** Adds one generation per order, in front of or behind everything that waits. */
  add(
    orders: readonly Order[],
    { isFirst = false, target = "local", elsewhere = [] }: Adding = {},
  ): string[] {
    const ids = orders.map(() => randomUUID());
    const createdAt = this.#time();
    this.#change(ids, () => {
      const first = isFirst
        ? this.#table.firstPlace() - orders.length
        : this.#table.lastPlace() + 1;
      for (const [i, order] of orders.entries()) {
        const id = ids[i] ?? "";
        const place = first + i;
        this.#table.insert({ id, order, target, createdAt, place, elsewhere: elsewhere[i] });
      }
    });
    return ids;
  }

  /** Starts the next generation of a target and returns it. */
  startNext(target = "local"): Generation | undefined {
    const next = this.#table.firstWaiting(target);
    if (next === undefined) return undefined;
    this.#change([next.id], () => this.#table.start(next.id, this.#time()));
    return this.get(next.id);
  }

  /** Ends a running generation, or withdraws a waiting one. */
  end(id: string, outcome: Outcome): void {
    this.#change([id], () => {
      this.#require(id, outcome.state);
      this.#table.end(id, outcome, this.#time());
    });
  }

  /** Moves a running generation to its next target, since its request was never sent. Refuses if there is none. */
  moveOn(id: string, error: unknown): void {
    this.#change([id], () => {
      const generation = this.get(id);
      const { state, elsewhere } = generation;
      if (state !== "running" || elsewhere === undefined) throw conflict(state, "moved");
      this.#table.moveOn(generation, error);
    });
  }

  /** Cancels the waiting ones of `ids`, and returns the running ones, which end when their device is free. */
  cancel(ids: readonly string[]): string[] {
    const asked = unique(ids).map((id) => this.get(id));
    this.#cancelWaiting(asked.filter(({ state }) => state === "waiting"));
    return asked.filter(({ state }) => state === "running").map(({ id }) => id);
  }

  cancelOthers(): void {
    this.#cancelWaiting(this.#table.waiting());
  }

  /** Adds ended generations again at the end, with their seeds. Open ones do not change. */
  retry(ids: readonly string[]): void {
    const asked = unique(ids).map((id) => this.get(id));
    for (const { error } of asked) {
      if (error?.code === "ENTRY_UNREADABLE") throw new StudioError(error.code, error.details);
    }
    const ended = asked.filter(({ state }) => !isOpen(state)).map(({ id }) => id);
    this.#change(ended, () => {
      for (const id of ended) {
        this.#require(id, "waiting");
        this.#table.putBack(id);
      }
    });
  }

  /** Moves a waiting generation in front of another waiting one, or to the end. */
  move(id: string, before: string | null): void {
    if (id === before) return;
    this.#change([], () => {
      for (const one of before === null ? [id] : [id, before]) {
        const { state } = this.get(one);
        if (state !== "waiting") throw conflict(state, "moved");
      }
      this.#table.move(id, before);
    });
  }

  /** Deletes ended generations, all of them if no ids are given. Returns the deleted ids. */
  prune(ids?: readonly string[]): readonly string[] {
    const removed = unique(ids ?? this.#table.endedIds());
    this.#change(
      [],
      () => {
        for (const id of removed) {
          const { state } = this.get(id);
          if (isOpen(state)) throw conflict(state, "forgotten");
          this.#table.remove(id);
        }
        this.sheets.removeStale();
      },
      removed,
    );
    return removed;
  }

  /** While paused, nothing new should start; stored, so that it survives a restart. */
  setPaused(isPaused: boolean): void {
    if (isPaused === this.isPaused) return;
    this.#change([], () => {
      this.#table.isPaused = isPaused;
    });
  }

  close(): void {
    closeDatabase(this.#database);
  }

  #cancelWaiting(waiting: readonly Generation[]): void {
    const ids = waiting.map(({ id }) => id);
    this.#change(ids, () => {
      for (const id of ids) this.#table.end(id, { state: "cancelled" }, this.#time());
    });
  }

  /**
   * Ends what was running when the program ended, and deletes what is too old. On a full disk this is done in memory,
   * and written with the next change that succeeds.
   */
  #settle(keptEnded: number, pictureOf: QueueOptions["pictureOf"]): void {
    for (const id of this.#table.runningIds()) {
      const imageId = pictureOf?.(id);
      const outcome = imageId === undefined ? INTERRUPTED : ({ state: "done", imageId } as const);
      this.#table.endInMemory(id, outcome, this.#time());
    }
    try {
      this.#write(() => {});
      this.#write(() => {
        this.#table.removeOlder(keptEnded);
        this.sheets.removeStale();
      });
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #require(id: string, wanted: GenerationState): void {
    const { state } = this.get(id);
    if (!canBecome(state, wanted)) throw conflict(state, wanted);
  }

  /** Does all of `work` or nothing, and reports the change. */
  #change(ids: readonly string[], work: () => void, removed: readonly string[] = []): void {
    this.#write(work);
    this.#onChange({ changed: ids.map((id) => this.get(id)), removed });
  }

  #write(work: () => void): void {
    try {
      inTransaction(this.#database, () => {
        this.#table.writePendingEndings();
        work();
      });
      this.#table.clearPendingEndings();
      this.#noteFull(false);
    } catch (error) {
      this.#noteFull(this.#isFull || isDiskFull(error));
      throw error;
    }
  }

  #noteFull(isFull: boolean): void {
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    this.#onNotices();
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function noticeOf({ reason, aside }: NonNullable<OpenedDatabase["lost"]>): string {
  const kept = aside === undefined ? "" : ` The old file was kept as ${aside}.`;
  return `queue.sqlite could not be used (${reason}), so the queue starts empty.${kept}`;
}
