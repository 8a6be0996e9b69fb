import type { DatabaseSync } from "node:sqlite";
import type { EndpointStats, StatsSpan } from "../../contract/endpoint-stats.ts";
import { quietCheckSchema, type QuietCheck } from "../../contract/endpoints.ts";
import { closeDatabase, type Migration, openOrReplace } from "../../database/database.ts";
import { inTransaction } from "../../database/transaction.ts";
import {
  type Counted,
  failedOf,
  NOTHING,
  sum,
  type Tally,
  tallyOf,
  tallySchema,
  timesOf,
} from "./tally.ts";

const MIGRATIONS: readonly Migration[] = [
  {
    name: "hours and readiness checks",
    sql: `
      CREATE TABLE hour (
        endpoint TEXT NOT NULL,
        kind TEXT NOT NULL,
        -- Milliseconds since 1970 at which the hour begins.
        at INTEGER NOT NULL,
        tally TEXT NOT NULL,
        PRIMARY KEY (endpoint, kind, at)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE quiet_check (
        endpoint TEXT NOT NULL,
        at INTEGER NOT NULL,
        seen TEXT NOT NULL,
        PRIMARY KEY (endpoint, at)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

const HOUR_MS = 3_600_000;
/**
 * Number of hours kept per endpoint: a month's. They are counted rather than compared with the clock, so that a jump of
 * the clock loses nothing.
 */
const HOURS = 31 * 24;
/** Number of individual checks kept, for a sparkline. */
const CHECKS = 60;

/** The number of parts in which a period is shown, and their duration. */
const PARTS: Readonly<Record<StatsSpan, readonly [count: number, ms: number]>> = {
  day: [24, HOUR_MS],
  week: [28, 6 * HOUR_MS],
  month: [30, 24 * HOUR_MS],
};

type Kind = "picture" | "check";

/** The requests to endpoints and their results by hour, in a database of its own. */
export class WatchLog {
  readonly #database: DatabaseSync;
  readonly #now: () => Date;
  /** Notices about what was wrong with the database at start. */
  readonly notices: readonly string[];

  constructor(path: string, now: () => Date) {
    const { database, lost } = openOrReplace(path, MIGRATIONS);
    this.#database = database;
    this.#now = now;
    this.notices =
      lost === undefined ? [] : [`The statistics of endpoints start again: ${lost.reason}.`];
  }

  close(): void {
    closeDatabase(this.#database);
  }

  /** Deletes an endpoint's log. */
  forget(id: string): void {
    inTransaction(this.#database, () => {
      this.#database.prepare("DELETE FROM hour WHERE endpoint = ?").run(id);
      this.#database.prepare("DELETE FROM quiet_check WHERE endpoint = ?").run(id);
    });
  }

  /** Counts a picture that was requested. */
  picture(id: string, counted: Counted): void {
    this.#count(id, "picture", counted);
  }

  /** Counts a quiet check, and stores it as the latest. */
  check(id: string, check: QuietCheck): void {
    const { state, ms } = check;
    const counted = state === "ready" ? { seconds: ms / 1000 } : { code: state };
    inTransaction(this.#database, () => {
      this.#count(id, "check", counted);
      this.#database
        .prepare("INSERT OR REPLACE INTO quiet_check (endpoint, at, seen) VALUES (?, ?, ?)")
        .run(id, Date.parse(check.at), JSON.stringify(check));
      this.#database
        .prepare(
          `DELETE FROM quiet_check WHERE endpoint = ? AND at NOT IN
             (SELECT at FROM quiet_check WHERE endpoint = ? ORDER BY at DESC LIMIT ?)`,
        )
        .run(id, id, CHECKS);
    });
  }

  /** The latest quiet checks, oldest first. */
  checks(id: string): QuietCheck[] {
    const rows = this.#database
      .prepare("SELECT seen FROM quiet_check WHERE endpoint = ? ORDER BY at")
      .all(id);
    return rows.flatMap(({ seen }) => quietCheckSchema.safeParse(readJson(seen)).data ?? []);
  }

  /** An endpoint's statistics up to now. */
  stats(id: string, span: StatsSpan): EndpointStats {
    const [count, ms] = PARTS[span];
    const now = this.#now().getTime();
    // The last part is not over yet.
    const start = Math.floor(now / ms) * ms - (count - 1) * ms;
    const parts = Array.from({ length: count }, (_, i) => ({
      at: new Date(start + i * ms).toISOString(),
      picture: NOTHING,
      check: NOTHING,
    }));
    for (const { kind, at, tally } of this.#hours(id, start, now)) {
      const part = parts[Math.floor((at - start) / ms)];
      if (part !== undefined) part[kind] = sum(part[kind], tally);
    }
    const pictures = parts.map(({ picture }) => picture).reduce(sum, NOTHING);
    const checks = parts.map(({ check }) => check).reduce(sum, NOTHING);
    const { done, failures, bytesOut, bytesIn, gpuSeconds, gpuTold } = pictures;
    const asked = { done, failed: failedOf(pictures), failures, ...timesOf(pictures) };
    return {
      id,
      span,
      pictures: { ...asked, bytesOut, bytesIn, gpuSeconds, gpuTold },
      checks: { ready: checks.done, others: failedOf(checks), ...timesOf(checks) },
      points: parts.map(({ at, picture, check }) => ({
        at,
        done: picture.done,
        failed: failedOf(picture),
        ready: check.done,
        others: failedOf(check),
        ...timesOf(picture),
      })),
    };
  }

  #hours(id: string, from: number, until: number) {
    const rows = this.#database
      .prepare("SELECT kind, at, tally FROM hour WHERE endpoint = ? AND at BETWEEN ? AND ?")
      .all(id, from, until);
    return rows.flatMap(({ kind, at, tally }) => {
      // Damaged tallies, and those of another version, do not count.
      const read = readTally(tally);
      const isKnown = kind === "picture" || kind === "check";
      return read === undefined || !isKnown ? [] : [{ kind, at: Number(at), tally: read } as const];
    });
  }

  #count(id: string, kind: Kind, counted: Counted): void {
    const at = Math.floor(this.#now().getTime() / HOUR_MS) * HOUR_MS;
    inTransaction(this.#database, () => {
      const row = this.#database
        .prepare("SELECT tally FROM hour WHERE endpoint = ? AND kind = ? AND at = ?")
        .get(id, kind, at);
      const tally = sum(readTally(row?.["tally"]) ?? NOTHING, tallyOf(counted));
      this.#database
        .prepare("INSERT OR REPLACE INTO hour (endpoint, kind, at, tally) VALUES (?, ?, ?, ?)")
        .run(id, kind, at, JSON.stringify(tally));
      if (row !== undefined) return;
      this.#database
        .prepare(
          `DELETE FROM hour WHERE endpoint = ? AND kind = ? AND at NOT IN
             (SELECT at FROM hour WHERE endpoint = ? AND kind = ? ORDER BY at DESC LIMIT ?)`,
        )
        .run(id, kind, id, kind, HOURS);
    });
  }
}

function readTally(stored: unknown): Tally | undefined {
  return tallySchema.safeParse(readJson(stored)).data;
}

function readJson(stored: unknown): unknown {
  try {
    return JSON.parse(String(stored));
  } catch {
    return undefined;
  }
}
