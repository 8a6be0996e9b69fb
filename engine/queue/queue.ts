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
import { canBecome, conflict, isOpen } from "./states.ts";

/** What a command changed: rows that are new or different, and ids of those that are gone. */
export interface QueueChange {
  readonly changed: readonly Generation[];
  readonly removed: readonly string[];
}

export interface QueueOptions {
  readonly now?: () => Date;
  /** How many ended ones outlive a restart: their pictures are the gallery's to keep. */
  readonly keptEnded?: number;
  /** The picture that one which ran when the program ended had come to; undefined where it had to none. */
  readonly pictureOf?: (id: string) => string | undefined;
  /** Told of every change from now on, once it is on the disk. */
  readonly onChange?: (change: QueueChange) => void;
  /** Told when there is something else to know of it. */
  readonly onNotices?: () => void;
}

/** Where new generations go. */
export interface Adding {
  readonly isFirst?: boolean;
  readonly target?: string;
  /** Of each order, what other targets would draw in its place. */
  readonly elsewhere?: readonly (readonly OtherOrder[])[];
}

/** How many ended ones are listed; older ones are still found by their id. */
const LISTED_ENDED = 200;
const KEPT_ENDED = 5000;

const INTERRUPTED: Outcome = { state: "interrupted" };

/** Generations waiting, running and ended, kept in one SQLite file so that they outlive the program. */
export class Queue {
  readonly #database: DatabaseSync;
  readonly #table: GenerationTable;
  readonly #now: () => Date;
  readonly #notices: readonly string[];
  #onChange: (change: QueueChange) => void = () => {};
  #onNotices: () => void = () => {};
  /** Whether the disk had no room for the latest change. */
  #isFull = false;
  private constructor(database: DatabaseSync, lost: OpenedDatabase["lost"], now: () => Date) {
    this.#database = database;
    this.#table = new GenerationTable(database);
    this.#now = now;
    const unread = unreadNotice(this.#table.unread().length, "generation in the queue");
    this.#notices = [lost && noticeOf(lost), unread].filter((text) => text !== undefined);
  }

  /** Opens the queue in `path`. What ran when the program ended is done where its picture was kept, and otherwise interrupted. */
  static open(path: string, options: QueueOptions = {}): Queue {
    const { now = () => new Date(), keptEnded = KEPT_ENDED, pictureOf } = options;
    const { database, lost } = openOrReplace(path, MIGRATIONS);
    const queue = new Queue(database, lost, now);
    queue.#settle(keptEnded, pictureOf);
    // Only now: whoever listens does not have the queue before it is open.
    queue.#onChange = options.onChange ?? queue.#onChange;
    queue.#onNotices = options.onNotices ?? queue.#onNotices;
    return queue;
  }

  /** What a person should know of how it was opened, and that it cannot be written now. */
  get notices(): readonly string[] {
    if (!this.#isFull) return this.#notices;
    return [...this.#notices, diskFullNotice(dirname(this.#database.location() ?? ""))];
  }

  get isPaused(): boolean {
    return this.#table.isPaused;
  }

  /** Open generations in the order they will be drawn, then those that cannot be read and the latest that have ended. */
  list(): Generation[] {
    return [...this.#table.open(), ...this.#table.unread(), ...this.#table.ended(LISTED_ENDED)];
  }

  /** Every order as it is stored, of rows that cannot be read, too. */
  orderTexts(): string[] {
    return this.#table.orderTexts();
  }

  /** The pictures of a grid, those that were forgotten left out. */
  ofGrid(gridId: string): Generation[] {
    return this.#table.ofGrid(gridId);
  }

  openIds(): string[] {
    return this.#table.openIds();
  }

  /** Where something waits to be drawn. */
  waitingTargets(): string[] {
    return this.#table.waitingTargets();
  }

  get(id: string): Generation {
    const generation = this.#table.find(id);
    if (generation === undefined) throw new StudioError("NOT_FOUND", { what: "generation", id });
    return generation;
  }

  /** Adds one generation per order, behind everything that waits or in front of it. */
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

  /** Takes the next one of a target to be drawn, which runs from now on. */
  startNext(target = "local"): Generation | undefined {
    const next = this.#table.firstWaiting(target);
    if (next === undefined) return undefined;
    this.#change([next.id], () => this.#table.start(next.id, this.#time()));
    return this.get(next.id);
  }

  /** Ends one that runs, or takes back one that waits. */
  end(id: string, outcome: Outcome): void {
    this.#change([id], () => {
      this.#require(id, outcome.state);
      this.#table.end(id, outcome, this.#time());
    });
  }

  /** Makes one that runs wait for the next of its other targets, since its request never started. Refuses where there is none. */
  moveOn(id: string, error: unknown): void {
    this.#change([id], () => {
      const generation = this.get(id);
      const { state, elsewhere } = generation;
      if (state !== "running" || elsewhere === undefined) throw conflict(state, "moved");
      this.#table.moveOn(generation, error);
    });
  }

  /** Cancels those of `ids` that wait, and gives back those that run: they end when their device is free. */
  cancel(ids: readonly string[]): string[] {
    const asked = unique(ids).map((id) => this.get(id));
    this.#cancelWaiting(asked.filter(({ state }) => state === "waiting"));
    return asked.filter(({ state }) => state === "running").map(({ id }) => id);
  }

  cancelOthers(): void {
    this.#cancelWaiting(this.#table.waiting());
  }

  /** Queues ended ones again, last, with their seeds. Those that are open stay as they are. */
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

  /** Puts a waiting one in front of another that waits, or last. */
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

  /** Forgets ended ones; all of them where no ids are given. Gives back the ids that are gone. */
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
      },
      removed,
    );
    return removed;
  }

  /** While it is paused nothing new should start; kept over restarts. */
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
   * Ends what ran when the program ended, and forgets what is too old. On a full disk that is so here and
   * now, and is written down with the next change for which there is room.
   */
  #settle(keptEnded: number, pictureOf: QueueOptions["pictureOf"]): void {
    for (const id of this.#table.runningIds()) {
      const imageId = pictureOf?.(id);
      const outcome = imageId === undefined ? INTERRUPTED : ({ state: "done", imageId } as const);
      this.#table.owe(id, outcome, this.#time());
    }
    try {
      this.#write(() => {});
      this.#write(() => this.#table.removeOlder(keptEnded));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
    }
  }

  #require(id: string, wanted: GenerationState): void {
    const { state } = this.get(id);
    if (!canBecome(state, wanted)) throw conflict(state, wanted);
  }

  /** Does all of `work` or none of it, and tells of it. */
  #change(ids: readonly string[], work: () => void, removed: readonly string[] = []): void {
    this.#write(work);
    this.#onChange({ changed: ids.map((id) => this.get(id)), removed });
  }

  #write(work: () => void): void {
    try {
      inTransaction(this.#database, () => {
        this.#table.payOff();
        work();
      });
      this.#table.forgetOwed();
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
