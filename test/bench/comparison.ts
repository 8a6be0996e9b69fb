import type { Contestant, Work } from "./contestants.ts";
import { median, timed } from "./measure.ts";

/** The times of one contestant for one piece of work. */
export interface Row {
  readonly what: string;
  readonly who: string;
  /** In the order of the rounds; empty if it was not measured. */
  readonly seconds: readonly number[];
  /** The speed as a multiple of each peer's, round by round. */
  readonly ratios: Readonly<Record<string, readonly number[]>>;
  /** Why it was not measured. */
  readonly missing?: string;
}

/** Contestants take turns, so that a machine whose speed drifts affects all of them; ratios are taken within a turn. */
export class Comparison {
  readonly rows: Row[] = [];
  readonly #ours: readonly Contestant[];
  readonly #others: readonly Contestant[];
  readonly #rounds: number;
  readonly #seconds: number;

  /** Rounds after the first start only if `seconds` from now are enough for another like the last. */
  constructor(
    ours: readonly Contestant[],
    others: readonly Contestant[],
    { rounds, seconds = Infinity }: { readonly rounds: number; readonly seconds?: number },
  ) {
    this.#ours = ours;
    this.#others = others;
    this.#rounds = rounds;
    this.#seconds = seconds;
  }

  get contestants(): readonly Contestant[] {
    return [...this.#ours, ...this.#others];
  }

  /** Runs every contestant on one piece of work, in turn; one that cannot do it gets a row that says so. */
  async compare(what: string, work: Work): Promise<void> {
    const seconds: Record<string, number[]> = {};
    const missing = new Map<Contestant, string>();
    const deadline = performance.now() + 1000 * this.#seconds;
    let lastMs = 0;
    for (let round = 0; round < this.#rounds; round++) {
      const start = performance.now();
      if (round > 0 && start + lastMs > deadline) break;
      for (const contestant of this.contestants.filter((one) => !missing.has(one))) {
        try {
          await contestant.prepare(work);
          (seconds[contestant.name] ??= []).push(await secondsOf(contestant, work));
        } catch (error) {
          missing.set(contestant, error instanceof Error ? error.message : String(error));
        }
        await contestant.rest().catch(() => undefined);
      }
      lastMs = performance.now() - start;
    }
    const names = this.#others.filter((one) => !missing.has(one)).map(({ name }) => name);
    this.record(what, seconds, names);
    for (const [{ name: who }, reason] of missing) {
      this.#add({ what, who, seconds: [], ratios: {}, missing: reason });
    }
  }

  /** Adds measurements by the name of each contestant, compared with `others`. */
  record(
    what: string,
    seconds: Readonly<Record<string, readonly number[]>>,
    others: readonly string[] = [],
  ): void {
    for (const [who, runs] of Object.entries(seconds)) {
      const rivals = others.includes(who) ? [] : others.filter((other) => other in seconds);
      const ratiosTo = (other: string) =>
        runs.map((ours, round) => (seconds[other]?.[round] ?? Number.NaN) / ours);
      const ratios = Object.fromEntries(rivals.map((other) => [other, ratiosTo(other)]));
      this.#add({ what, who, seconds: runs, ratios });
    }
  }

  print(): void {
    console.log(`| work | who | seconds | ratio |\n|---|---|---|---|`);
    for (const row of this.rows) console.log(`| ${row.what} | ${cells(row).join(" | ")} |`);
  }

  close(): void {
    for (const contestant of this.contestants) contestant.close();
  }

  #add(row: Row): void {
    this.rows.push(row);
    console.error(`${row.what}: ${cells(row).join(" ")}`);
  }
}

/** Seconds of one run, measured by the contestant itself or else by the clock. */
async function secondsOf(contestant: Contestant, work: Work): Promise<number> {
  let told: unknown;
  const seconds = await timed(async () => {
    told = await contestant.run(work);
  });
  return typeof told === "number" ? told : seconds;
}

/** Median of the rounds, and their spread. */
function cells({ who, seconds, ratios, missing }: Row): string[] {
  if (missing !== undefined) return [who, `not measured: ${missing}`, ""];
  const spread = (all: readonly number[], unit: string) =>
    all.length === 1
      ? `${median(all).toFixed(2)}${unit}`
      : `${median(all).toFixed(2)}${unit} (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
  const against = Object.entries(ratios).map(([other, all]) => `${spread(all, "x")} ${other}`);
  return [who, spread(seconds, " s"), against.join(", ")];
}
