import type { Preset } from "../contract/presets.ts";
import type { Seconds } from "../contract/progress.ts";
import type { GenerationRequest } from "../contract/request.ts";
import type { JobTimes } from "./metrics/torchserve-metrics.ts";
import { type ModelStatistics, ModelTallies } from "./model-tallies.ts";
import { ModelTrials, type PictureSize } from "./model-trials.ts";
import type {
  KnownModel,
  ModelName,
  PictureEngine,
  PictureEvent,
  PictureJob,
} from "./picture-engine.ts";
import { versionOf } from "./routes/served-model.ts";

/** Called with what is drawn, by the name of the model. */
export interface DrawingWatcher {
  step(model: string): void;
  picture(model: string, seconds: Seconds): void;
  /** A job has ended, successfully or not: how long it waited, and how long it took in total. */
  inference(model: string, times: JobTimes): void;
}

/** Counts one job for its model's statistics and for the watcher. */
class JobCounts {
  readonly #tallies: ModelTallies;
  readonly #model: string | undefined;
  readonly #watcher: DrawingWatcher | undefined;

  /** A job with an unknown model is not counted. */
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

/** An engine that counts what it draws and remembers which models fail: see ModelTrials. */
export class WatchedEngine implements PictureEngine {
  readonly #engine: PictureEngine;
  readonly #nowMs: () => number;
  readonly #watcher: DrawingWatcher | undefined;
  /** By a model's own name; at most as many as there are models in the store. */
  readonly #tallies = new Map<string, ModelTallies>();
  readonly #trials: ModelTrials;

  constructor(
    engine: PictureEngine,
    nowMs: () => number = () => performance.now(),
    watcher?: DrawingWatcher,
  ) {
    this.#engine = engine;
    this.#nowMs = nowMs;
    this.#watcher = watcher;
    this.#trials = new ModelTrials((model, request) => engine.tryOut(model, request), nowMs);
  }

  get preset(): Preset {
    return this.#engine.preset;
  }

  async models(): Promise<readonly KnownModel[]> {
    const models = await this.#engine.models();
    return models.map((model) => {
      if (model.state !== "ready" || model.trouble !== undefined) return model;
      const trouble = this.#trials.troubleOf(model);
      return trouble === undefined ? model : { ...model, trouble };
    });
  }

  async adopt(name: string): Promise<void> {
    await this.#engine.adopt?.(name);
  }

  /** A model that failed is tried first. */
  async load(name: string): Promise<void> {
    await this.#engine.load(name);
    const model = await this.#find({ name });
    if (model !== undefined) await this.#trials.retry(model);
  }

  unload(name: string): Promise<void> {
    return this.#engine.unload(name);
  }

  statisticsOf(model: string): ModelStatistics {
    return (this.#tallies.get(model) ?? new ModelTallies()).shown();
  }

  async *draw(job: PictureJob, signal: AbortSignal): AsyncGenerator<PictureEvent, void> {
    const { waitedMs = 0, model, askedVersion } = job;
    const known = await this.#find(model);
    const drawn = (model ?? known)?.name;
    const counts = new JobCounts(this.#talliesOf(drawn ?? ""), drawn, this.#watcher);
    const begunMs = this.#nowMs();
    const times = () => ({ waitedMs, askedVersion, ms: waitedMs + this.#nowMs() - begunMs });
    try {
      for await (const event of this.#engine.draw(job, signal)) {
        if (event.kind === "picture") this.#trials.drawn(known);
        counts.add(event);
        yield event;
      }
      counts.end("success", times());
    } catch (error) {
      counts.end("fail", times());
      const [size = {}] = job.requests;
      if (!signal.aborted) this.#trials.failed(known, size, error);
      throw error;
    }
  }

  tryOut(model: ModelName, request: GenerationRequest): Promise<void> {
    return this.#engine.tryOut(model, request);
  }

  /** The result of a picture that was drawn or refused elsewhere with the served model. */
  async learn(name: string, size: PictureSize, error?: unknown): Promise<void> {
    const model = await this.#find({ name });
    if (error === undefined) this.#trials.drawn(model);
    else this.#trials.failed(model, size, error);
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

  /** The model with a name and a version; without these, the served one. */
  async #find(named: Partial<ModelName> = {}): Promise<KnownModel | undefined> {
    const models = await this.#engine.models().catch(() => []);
    return models.find(
      (model) =>
        model.state === "ready" &&
        (named.name ?? model.name) === model.name &&
        (named.version ?? versionOf(model)) === versionOf(model),
    );
  }
}
