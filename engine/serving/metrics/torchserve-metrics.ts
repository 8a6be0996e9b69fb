import { Counter, Gauge, type Registry } from "prom-client";
import type { Seconds } from "../../contract/progress.ts";

/** TorchServe's label for requests whose address names no version. */
const NO_VERSION = "default";

/** How long a request took. The total includes waiting. */
export interface JobTimes {
  readonly waitedMs: number;
  readonly ms: number;
  /** The version that its address names, if it names one. */
  readonly askedVersion?: string | undefined;
}

/** The metrics in TorchServe's ts/configs/metrics.yaml that make sense here, with its names, labels and units. */
export class TorchServeMetrics {
  readonly #host: { readonly Level: "Host"; readonly Hostname: string };
  readonly #hostname: string;
  readonly #byClass: ReadonlyMap<number, Counter>;
  readonly #requests: Counter;
  readonly #latency: Counter;
  readonly #queueLatency: Counter;
  readonly #queueTime: Gauge;
  readonly #threadTime: Gauge;
  readonly #handlerTime: Gauge;
  readonly #predictionTime: Gauge;
  readonly #loadTime: Gauge;

  constructor(registry: Registry, hostname: string) {
    const registers = [registry];
    const ofHost = ["Level", "Hostname"];
    const ofModel = ["model_name", "model_version", "hostname"];
    const counter = (name: string, help: string, labelNames: readonly string[]) =>
      new Counter({ registers, name, help, labelNames: [...labelNames] });
    const gauge = (name: string, help: string, labelNames: readonly string[]) =>
      new Gauge({ registers, name, help, labelNames: [...labelNames] });
    this.#hostname = hostname;
    this.#host = { Level: "Host", Hostname: hostname };
    this.#byClass = new Map(
      [2, 4, 5].map((digit) => {
        const name = `Requests${digit}XX`;
        return [
          digit,
          counter(name, `Requests answered with a status of ${digit}00 to ${digit}99`, ofHost),
        ];
      }),
    );
    for (const each of this.#byClass.values()) each.inc(this.#host, 0);
    this.#requests = counter("ts_inference_requests_total", "Requests for pictures", ofModel);
    this.#latency = counter(
      "ts_inference_latency_microseconds",
      "Running sum of what they took",
      ofModel,
    );
    this.#queueLatency = counter(
      "ts_queue_latency_microseconds",
      "Running sum of what they waited",
      ofModel,
    );
    this.#queueTime = gauge("QueueTime", "Milliseconds that the latest request waited", ofHost);
    this.#threadTime = gauge(
      "WorkerThreadTime",
      "Milliseconds that the latest request took beside its pictures",
      ofHost,
    );
    this.#loadTime = gauge("WorkerLoadTime", "Milliseconds that the latest load took", [
      "WorkerName",
      ...ofHost,
    ]);
    const named = ["ModelName", ...ofHost];
    this.#handlerTime = gauge("HandlerTime", "Milliseconds that the latest picture took", named);
    this.#predictionTime = gauge("PredictionTime", "Milliseconds of it on the device", named);
  }

  /** This many requests were answered with a status. */
  answered(status: number, count: number): void {
    this.#byClass.get(Math.trunc(status / 100))?.inc(this.#host, count);
  }

  inference(model: string, { waitedMs, ms, askedVersion = NO_VERSION }: JobTimes): void {
    const labels = { model_name: model, model_version: askedVersion, hostname: this.#hostname };
    this.#requests.inc(labels);
    this.#latency.inc(labels, ms * 1000);
    this.#queueLatency.inc(labels, waitedMs * 1000);
    this.#queueTime.set(this.#host, waitedMs);
  }

  picture(model: string, { load, text, denoise, decode }: Seconds): void {
    const ms = (text + denoise + decode) * 1000;
    const labels = { ModelName: model, Level: "Model", Hostname: this.#hostname };
    this.#handlerTime.set(labels, ms + load * 1000);
    this.#predictionTime.set(labels, ms);
    this.#threadTime.set(this.#host, load * 1000);
    if (load > 0) this.#loadTime.set({ WorkerName: "W-inference", ...this.#host }, load * 1000);
  }
}
