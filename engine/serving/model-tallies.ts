import type { Seconds } from "../contract/progress.ts";

/** A number of events and their total duration. */
export interface Tally {
  readonly count: number;
  readonly ns: number;
}

/** The pictures that were drawn in batches of one size. */
interface BatchStatistics {
  readonly batch_size: number;
  readonly compute_input: Tally;
  readonly compute_infer: Tally;
  readonly compute_output: Tally;
}

const STAGES = [
  "success",
  "fail",
  "queue",
  "compute_input",
  "compute_infer",
  "compute_output",
  "cache_hit",
  "cache_miss",
] as const;
type Stage = (typeof STAGES)[number];

/** A model's requests since the start, in the form of Triton's statistics extension. */
export interface ModelStatistics {
  /** Milliseconds since 1970; 0 before the first. */
  readonly last_inference: number;
  /** Number of pictures; each is a separate execution. */
  readonly inference_count: number;
  readonly execution_count: number;
  readonly inference_stats: Readonly<Record<string, Tally>>;
  /** By size of the batch; every picture is its own. Empty before the first. */
  readonly batch_stats: readonly BatchStatistics[];
}

const NS_OF_MS = 1e6;
const MS_OF_SECOND = 1000;

/** Counts the requests of one model. */
export class ModelTallies {
  readonly #tallies = new Map<Stage, Tally>();
  #pictures = 0;
  #lastMs = 0;

  add(stage: Stage, ms: number): void {
    const { count, ns } = this.#of(stage);
    this.#tallies.set(stage, { count: count + 1, ns: ns + Math.round(ms * NS_OF_MS) });
  }

  /** Loading and encoding the prompt count as input, denoising as inference, decoding as output. */
  addPicture({ load, text, denoise, decode }: Seconds, atMs: number): void {
    this.#pictures++;
    this.#lastMs = atMs;
    this.add("compute_input", (load + text) * MS_OF_SECOND);
    this.add("compute_infer", denoise * MS_OF_SECOND);
    this.add("compute_output", decode * MS_OF_SECOND);
  }

  shown(): ModelStatistics {
    const tallies = STAGES.map((stage) => [stage, this.#of(stage)] as const);
    const batch = {
      batch_size: 1,
      compute_input: this.#of("compute_input"),
      compute_infer: this.#of("compute_infer"),
      compute_output: this.#of("compute_output"),
    };
    return {
      last_inference: this.#lastMs,
      inference_count: this.#pictures,
      execution_count: this.#pictures,
      inference_stats: Object.fromEntries(tallies),
      batch_stats: this.#pictures === 0 ? [] : [batch],
    };
  }

  #of(stage: Stage): Tally {
    return this.#tallies.get(stage) ?? { count: 0, ns: 0 };
  }
}
