import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished, vi } from "vitest";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom } from "../fakes/command-line.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { programOf } from "./go-program.ts";

const PATIENCE = { timeout: 60_000, interval: 200 };

/** `darkroom serve` with the starter, for a load tool, until the test has finished. */
export class LoadedHost {
  readonly #folder: string;
  readonly #host: HostProcess;

  private constructor(folder: string, host: HostProcess) {
    this.#folder = folder;
    this.#host = host;
  }

  /** Resolves when its model is ready. */
  static async start(): Promise<LoadedHost> {
    const folder = temporaryFolder();
    const ports = ["--port", "0", "--endpoint-port", "0", "--grpc-port", "0"];
    const host = new HostProcess([...ports, "--data-dir", folder]);
    onTestFinished(() => host.stop("SIGKILL"));
    await host.start();
    const ready = async (): Promise<boolean> =>
      (await fetch(new URL("/v2/health/ready", host.endpoint))).ok;
    // The server probes devices first.
    await vi.waitUntil(ready, PATIENCE);
    return new LoadedHost(folder, host);
  }

  get origin(): string {
    return this.#host.endpoint ?? "";
  }

  get grpc(): string {
    return this.#host.grpc ?? "";
  }

  /** Creates a key for a separate client. */
  async key(name: string): Promise<string> {
    return (await darkroom(["keys", "add", name, "--data-dir", this.#folder])).out.trim();
  }

  /** A value from `/metrics`. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(new URL("/metrics", this.origin))).text();
    const [, value] = new RegExp(`^${name} (\\S+)$`, "m").exec(text) ?? [];
    return Number(value);
  }

  /** Waits until nothing is drawn and nothing is waiting. */
  async becameFree(): Promise<void> {
    const isFree = async (): Promise<boolean> =>
      (await this.metric("darkroom_queue_length")) + (await this.metric("darkroom_drawing")) === 0;
    await vi.waitUntil(isFree, PATIENCE);
  }
}

/** Runs a load tool that was built here; returns its output. */
export async function load(tool: string, ...args: readonly string[]): Promise<unknown> {
  const options = { maxBuffer: 64 << 20 };
  const { stdout } = await promisify(execFile)(programOf(tool), args, options);
  return JSON.parse(stdout);
}
