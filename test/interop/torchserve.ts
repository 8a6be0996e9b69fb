import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { pythonOf } from "./virtual-environment.ts";

/** A worker first imports torch and diffusers, and may have to install packages. */
export const LOADING_MS = 900_000;
const SETTINGS = "config.properties";

export interface TorchServeOptions {
  /** The folder it may write to. */
  readonly folder: string;
  readonly store: string;
  /** Makes it install an archive's requirements, as its config.properties says; otherwise its own packages are used. */
  readonly installsPackages?: boolean;
}

/**
 * Plain TorchServe with the config.properties that Darkroom writes beside an archive; everything it writes is in one
 * folder.
 */
export class TorchServe {
  readonly #child: ReturnType<typeof spawn>;
  readonly #log: string;
  readonly address: string;
  /** The config.properties in use. */
  readonly settings: string;

  private constructor(child: ReturnType<typeof spawn>, folder: string, address: string) {
    this.#child = child;
    this.#log = join(folder, "torchserve.log");
    this.settings = join(folder, SETTINGS);
    this.address = address;
  }

  static async start(
    config: ConfigProperties,
    { folder, store, installsPackages = false }: TorchServeOptions,
  ): Promise<TorchServe> {
    const [web, metrics, grpc, grpcManagement, worker] = await freePorts(5);
    const address = `http://127.0.0.1:${web}`;
    const here = {
      inference_address: address,
      management_address: address,
      metrics_address: `http://127.0.0.1:${metrics}`,
      grpc_inference_port: String(grpc),
      grpc_management_port: String(grpcManagement),
      initial_worker_port: String(worker),
      ...(!installsPackages && { install_py_dep_per_model: "false" }),
      model_store: store,
      // It unpacks archives and installs packages there, and leaves them behind when it is killed.
      vmargs: `-Djava.io.tmpdir=${folder}`,
    };
    let local = config;
    for (const [key, value] of Object.entries(here)) local = local.with(key, value);
    const settings = join(folder, SETTINGS);
    writeFileSync(settings, local.bytes());
    const python = pythonOf("torchserve");
    const args = ["--start", "--foreground", "--ncs", "--disable-token-auth", "--enable-model-api"];
    const start = "from ts.model_server import start; start()";
    const child = spawn(
      python,
      ["-c", start, ...args, "--model-store", store, "--ts-config", settings],
      {
        cwd: folder,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        // It stores its process id in the temporary folder; another TorchServe may be running.
        env: {
          ...process.env,
          TMPDIR: folder,
          OMP_NUM_THREADS: "2",
          PATH: `${dirname(python)}${delimiter}${process.env["PATH"] ?? ""}`,
        },
      },
    );
    const started = new TorchServe(child, folder, address);
    const log = createWriteStream(started.#log);
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    process.once("exit", () => started.kill());
    return started;
  }

  /** Waits until a model has a worker; `/ping` reports Healthy long before. */
  async ready(model: string): Promise<void> {
    const end = performance.now() + LOADING_MS;
    for (;;) {
      const found = await this.#ask("GET", `/models/${model}`).catch(() => "");
      if (found.includes('"READY"')) return;
      if (performance.now() > end || this.#child.exitCode !== null) {
        throw new Error(`${model} is not ready: ${found}\n${this.log.slice(-3000)}`);
      }
      await sleep(100);
    }
  }

  /** The output of TorchServe and its workers. */
  get log(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** `settings` are those of TorchServe's management API. */
  async register(
    file: string,
    model: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const query = new URLSearchParams({
      ...settings,
      url: file,
      model_name: model,
      initial_workers: "1",
      synchronous: "true",
    });
    await this.#ask("POST", `/models?${query}`);
    await this.ready(model);
  }

  async unregister(model: string): Promise<void> {
    await this.#ask("DELETE", `/models/${model}`);
  }

  async #ask(method: string, path: string): Promise<string> {
    const reply = await fetch(`${this.address}${path}`, { method });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text;
  }

  /** Stops it with its Java machine and its workers, unless it has ended. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#child, "close");
    this.kill();
    await ended;
  }

  kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid !== undefined && exitCode === null && signalCode === null)
      process.kill(-pid, "SIGKILL");
  }
}

export async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports: number[] = [];
  for (const listener of listeners) {
    if (!listener.listening) await once(listener, "listening");
    ports.push((listener.address() as AddressInfo).port);
  }
  await Promise.all(listeners.map((one) => new Promise((done) => one.close(done))));
  return ports;
}
