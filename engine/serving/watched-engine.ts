import { StudioError, type RefusalCode } from "../contract/errors.ts";
import type { Preset } from "../contract/presets.ts";
import type { Seconds } from "../contract/progress.ts";
import { type ModelStatistics, ModelTallies } from "./model-tallies.ts";
import type { KnownModel, PictureEngine, PictureEvent, PictureJob } from "./picture-engine.ts";

/** What is the request's fault, or the moment's: the next one may well be drawn. */
const REQUESTS_OWN: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "REQUEST_INVALID",
  "SCHEDULER_UNSUPPORTED",
  "IMAGE_UNREADABLE",
  "MODEL_NOT_SERVED",
  "NOT_FINITE",
  "OUT_OF_MEMORY",
]);

/** After this the next request is to try it: nobody else would find out that it draws again. */
const TROUBLE_MS = 30_000;

/** Told of what is drawn, by the name of the model that draws it. */
export interface DrawingWatcher {
  step(model: string): void;
  picture(model: string, seconds: Seconds): void;
  /** A job has ended, drawn or not: how long it waited, and took in all. */
  inference(model: string, times: JobTimes): void;
}

/** Of a job, its waiting included in the whole. */
interface JobTimes {
  readonly waitedMs: number;
  readonly ms: number;
}

/** Counts what becomes of one job, for the statistics of its model and for whoever watches. */
class JobCounts {
  readonly #tallies: ModelTallies;
  readonly #model: string | undefined;
  readonly #watcher: DrawingWatcher | undefined;

  /** Nobody hears of a job whose model is not known. */
  constructor(tallies: ModelTallies, model: string | undefined, watcher?: DrawingWatcher) {
    this.#tallies = tallies;
    this.#model = model;
    this.#watcher = model === undefined ? undefined : watcher;
  }

  add(event: PictureEvent): void {
    if (event.kind === "picture") {
      this.#tallies.addPicture(event.seconds, Date.now());
      this.#watcher?.picture(this.#model ?? "", event.seconds);
    } else this.#watcher?.step(this.#model ?? "");
  }

  end(outcome: "success" | "fail", times: JobTimes): void {
    this.#tallies.add("queue", times.waitedMs);
    this.#tallies.add(outcome, times.ms);
    this.#watcher?.inference(this.#model ?? "", times);
  }
}

interface Trouble {
  readonly model: string;
  readonly reason: string;
  readonly untilMs: number;
}

/**
 * An engine that counts what it draws, and remembers whether it does: a model whose last picture failed, where the next would as
 * well, says so until one is drawn, it is loaded anew, or half a minute has passed.
 */
export class WatchedEngine implements PictureEngine {
  readonly #engine: PictureEngine;
  readonly #nowMs: () => number;
  readonly #watcher: DrawingWatcher | undefined;
  /** By a model's own name; as many as there are in the store. */
  readonly #tallies = new Map<string, ModelTallies>();
  #trouble: Trouble | undefined;

  constructor(
    engine: PictureEngine,
    nowMs: () => number = () => performance.now(),
    watcher?: DrawingWatcher,
  ) {
    this.#engine = engine;
    this.#nowMs = nowMs;
    this.#watcher = watcher;
  }

  get preset(): Preset {
    return this.#engine.preset;
  }

  async models(): Promise<readonly KnownModel[]> {
    const models = await this.#engine.models();
    const trouble = this.#trouble;
    if (trouble === undefined || this.#nowMs() >= trouble.untilMs) return models;
    return models.map((model) =>
      model.name === trouble.model ? { ...model, trouble: trouble.reason } : model,
    );
  }

  load(name: string): Promise<void> {
    this.#trouble = undefined;
    return this.#engine.load(name);
  }

  unload(name: string): Promise<void> {
    return this.#engine.unload(name);
  }

  statisticsOf(model: string): ModelStatistics {
    return (this.#tallies.get(model) ?? new ModelTallies()).shown();
  }

  async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    const { waitedMs = 0, model } = job;
    const drawn = model?.name ?? (await this.#served());
    const counts = new JobCounts(this.#talliesOf(drawn ?? ""), drawn, this.#watcher);
    const begunMs = this.#nowMs();
    const times = () => ({ waitedMs, ms: waitedMs + this.#nowMs() - begunMs });
    try {
      for await (const event of this.#engine.draw(job, signal)) {
        if (event.kind === "picture") this.#trouble = undefined;
        counts.add(event);
        yield event;
      }
      counts.end("success", times());
    } catch (error) {
      counts.end("fail", times());
      if (!signal.aborted && drawn !== undefined) this.#remember(drawn, error);
      throw error;
    }
  }

  expectedSeconds(job: PictureJob): Promise<number | undefined> {
    return this.#engine.expectedSeconds(job);
  }

  busySeconds(): number {
    return this.#engine.busySeconds();
  }

  #talliesOf(name: string): ModelTallies {
    const tallies = this.#tallies.get(name) ?? new ModelTallies();
    this.#tallies.set(name, tallies);
    return tallies;
  }

  async #served(): Promise<string | undefined> {
    const models = await this.#engine.models().catch(() => []);
    return models.find(({ state }) => state === "ready")?.name;
  }

  #remember(model: string, error: unknown): void {
    if (error instanceof StudioError && REQUESTS_OWN.has(error.code)) return;
    const reason =
      error instanceof StudioError
        ? `its last picture failed (${error.code})`
        : "its last picture failed";
    this.#trouble = { model, reason, untilMs: this.#nowMs() + TROUBLE_MS };
  }
}
