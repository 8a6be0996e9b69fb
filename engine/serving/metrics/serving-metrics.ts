import { hostname } from "node:os";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { StudioError } from "../../contract/errors.ts";
import type { Seconds } from "../../contract/progress.ts";
import { MachineMetrics } from "./machine-metrics.ts";
import { type JobTimes, TorchServeMetrics } from "./torchserve-metrics.ts";

/** Values that are looked up when metrics are read. */
export interface MetricsParts {
  /** Number of requests waiting for the device. */
  readonly waiting: () => number;
  readonly isDrawing: () => boolean;
  /** Whether the next request would succeed. */
  readonly isReady: () => Promise<boolean>;
  /** Memory of the inference process, if it runs and the system reports it. */
  readonly inferenceBytes?: () => Promise<number | undefined>;
}

/** A request that was answered, or whose client disconnected. */
export interface Answered {
  readonly protocol: "rest" | "grpc";
  /** The route's own path, never what a client wrote; `none` if no route matched. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
}

/** In seconds: from a probe's reply to a large picture on a slow CPU. */
const REQUEST_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 5, 10, 30, 60, 120, 300, 600, 1800];
const STAGE_BUCKETS = [0.01, 0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800];

/** Stages of a picture; `queue` and `encode` are its request's, before and after it. */
type Stage = "queue" | "load" | "text" | "denoise" | "decode" | "encode";

/**
 * The metrics for Prometheus: TorchServe's under TorchServe's names, and ours, which start with `darkroom_`. Labels are
 * names of served models and existing routes and codes, so that no client can create a series.
 */
export class ServingMetrics {
  readonly #registry = new Registry();
  readonly #torchServe: TorchServeMetrics;
  readonly #answered: Counter;
  readonly #answeredSeconds: Histogram;
  readonly #open: Gauge;
  readonly #refused: Counter;
  readonly #stages: Histogram;
  readonly #pictures: Counter;
  readonly #steps: Counter;
  /** Since metrics were last read. */
  readonly #tallies = new Map<string, Omit<Answered, "ms"> & { count: number }>();
  #isWatched = false;

  constructor(parts: MetricsParts) {
    const registers = [this.#registry];
    const host = hostname();
    this.#torchServe = new TorchServeMetrics(this.#registry, host);
    new MachineMetrics(host).addTo(this.#registry);
    this.#answered = new Counter({
      registers,
      name: "darkroom_requests_total",
      help: "Requests answered, by protocol, route and status; 499 if the client disconnected",
      labelNames: ["protocol", "route", "code"],
    });
    this.#answeredSeconds = new Histogram({
      registers,
      name: "darkroom_request_seconds",
      help: "Seconds from a request's head to the end of its reply",
      labelNames: ["protocol", "route"],
      buckets: REQUEST_BUCKETS,
    });
    this.#open = new Gauge({
      registers,
      name: "darkroom_requests_in_flight",
      help: "Requests whose reply is not yet sent, probes aside",
    });
    this.#refused = new Counter({
      registers,
      name: "darkroom_refused_total",
      help: "Requests refused, by the refusal's code",
      labelNames: ["code"],
    });
    this.#stages = new Histogram({
      registers,
      name: "darkroom_stage_seconds",
      help: "Seconds of each stage: queue and encode of a request, the others of a picture",
      labelNames: ["model", "stage"],
      buckets: STAGE_BUCKETS,
    });
    this.#pictures = new Counter({
      registers,
      name: "darkroom_pictures_total",
      help: "Pictures drawn",
      labelNames: ["model"],
    });
    this.#steps = new Counter({
      registers,
      name: "darkroom_steps_total",
      help: "Denoising steps done",
      labelNames: ["model"],
    });
    addMoment(this.#registry, parts);
  }

  /** A request has arrived; the returned function is to be called once it was answered. */
  begin(): (answered: Answered) => void {
    this.#open.inc();
    return (answered) => {
      this.#open.dec();
      this.count(answered);
      const { protocol, route, ms } = answered;
      this.#answeredSeconds.observe({ protocol, route }, ms / 1000);
    };
  }

  /** Only counts a request: a probe, of which there are many. */
  count({ protocol, route, status }: Omit<Answered, "ms">): void {
    const name = `${protocol} ${status} ${route}`;
    const tally = this.#tallies.get(name);
    if (tally === undefined) this.#tallies.set(name, { protocol, route, status, count: 1 });
    else tally.count++;
  }

  /** Looking up a counter by its labels takes longer than answering a probe, so it is done when metrics are read. */
  #settle(): void {
    for (const { protocol, route, status, count } of this.#tallies.values()) {
      this.#answered.inc({ protocol, route, code: status }, count);
      this.#torchServe.answered(status, count);
    }
    this.#tallies.clear();
  }

  /** Anything that is not a refusal of ours is an error, which clients see as INTERNAL. */
  refused(error: unknown): void {
    this.#refused.inc({ code: error instanceof StudioError ? error.code : "INTERNAL" });
  }

  step(model: string): void {
    this.#steps.inc({ model });
  }

  picture(model: string, seconds: Seconds): void {
    this.#pictures.inc({ model });
    for (const stage of ["load", "text", "denoise", "decode"] as const) {
      this.stage(model, stage, seconds[stage]);
    }
    this.#torchServe.picture(model, seconds);
  }

  stage(model: string, stage: Stage, seconds: number): void {
    this.#stages.observe({ model, stage }, seconds);
  }

  /** A request for pictures has ended, successfully or not. */
  inference(model: string, times: JobTimes): void {
    this.stage(model, "queue", times.waitedMs / 1000);
    this.#torchServe.inference(model, times);
  }

  /** The content type of `text`: Prometheus' text format 0.0.4. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** All metrics, or those with these names. The process's own are collected from the first call on. */
  async text(names: readonly string[] = []): Promise<string> {
    if (!this.#isWatched) collectDefaultMetrics({ register: this.#registry });
    this.#isWatched = true;
    this.#settle();
    if (names.length === 0) return this.#registry.metrics();
    const known = names.filter((name) => this.#registry.getSingleMetric(name) !== undefined);
    const texts = known.map((name) => this.#registry.getSingleMetricAsString(name));
    return `${(await Promise.all(texts)).join("\n\n")}\n`;
  }
}

/** Adds the values of the moment. */
function addMoment(registry: Registry, parts: MetricsParts): void {
  const add = (gauge: Gauge): void => registry.registerMetric(gauge);
  add(
    new Gauge({
      registers: [],
      name: "darkroom_queue_length",
      help: "Requests that wait in front of the device",
      collect() {
        this.set(parts.waiting());
      },
    }),
  );
  add(
    new Gauge({
      registers: [],
      name: "darkroom_drawing",
      help: "1 while a request has the device",
      collect() {
        this.set(parts.isDrawing() ? 1 : 0);
      },
    }),
  );
  add(
    new Gauge({
      registers: [],
      name: "darkroom_ready",
      help: "1 while the next request would be drawn",
      async collect() {
        this.set((await parts.isReady()) ? 1 : 0);
      },
    }),
  );
  add(
    new Gauge({
      registers: [],
      name: "darkroom_inference_memory_bytes",
      help: "Memory that the inference process holds: model, activations and, on a CPU, the device's all",
      async collect() {
        this.reset();
        const bytes = await parts.inferenceBytes?.();
        if (bytes !== undefined) this.set(bytes);
      },
    }),
  );
}
