import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { servedModels } from "../../engine/archive/serving-form.ts";
import { darkroom } from "../fakes/command-line.ts";
import type { S3Service } from "./s3-operations.ts";
import { initializeStorage } from "./storage-initializer.ts";
import { freePorts, LOADING_MS, TorchServe } from "./torchserve.ts";
import { pythonOf } from "./virtual-environment.ts";

/** Publishes a model of the store into a new bucket of a service with the command line, whose data folder is `data`. */
export async function publishTo(
  { endpoint, accessKey, secretKey }: S3Service,
  { model, bucket, name, data }: Readonly<Record<"model" | "bucket" | "name" | "data", string>>,
): Promise<void> {
  const env = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
  const run = async (...args: readonly string[]): Promise<void> => {
    const { code, err } = await darkroom(["bucket", ...args, "--data-dir", data], { env });
    if (code !== 0) throw new Error(`bucket ${args.join(" ")}: ${err}`);
  };
  await run("connect", bucket, "--endpoint", endpoint, "--bucket", bucket);
  await run("create", bucket, bucket);
  await run("publish", model, bucket, "--name", name);
}

export interface ClusterOptions {
  readonly service: S3Service;
  readonly bucket: string;
  /** As it is entered in OpenShift AI. */
  readonly path: string;
  /** The folder that everything may write to; /mnt/models is a folder in it. */
  readonly folder: string;
  readonly installsPackages?: boolean;
}

/**
 * A published model as OpenShift AI runs it, on this machine: KServe's storage initializer copies it, TorchServe loads
 * it, and KServe's wrapper is in front of it.
 */
export class Cluster {
  readonly torchServe: TorchServe;
  readonly models: string;
  readonly model: string;
  readonly address: string;
  readonly #wrappers: ChildProcess[] = [];

  private constructor(torchServe: TorchServe, models: string, model: string, port: number) {
    this.torchServe = torchServe;
    this.models = models;
    this.model = model;
    this.address = `http://127.0.0.1:${port}`;
  }

  static async start(options: ClusterOptions): Promise<Cluster> {
    const { folder, path, installsPackages = false } = options;
    const target = join(folder, "models");
    const work = join(folder, "work");
    for (const one of [target, work]) mkdirSync(one, { recursive: true });
    const [fault] = await initializeStorage({ as: "0.12", ...options }, [{ path, target }]);
    if (fault !== null) throw new Error(`the storage initializer failed: ${fault}`);
    const config = patient(readFileSync(join(target, "config", "config.properties")));
    const [served] = servedModels(config);
    const store = join(target, "model-store");
    const torchServe = await TorchServe.start(config, { folder: work, store, installsPackages });
    const [port = 0] = await freePorts(1);
    const cluster = new Cluster(torchServe, target, served?.name ?? "", port);
    try {
      await torchServe.ready(cluster.model);
      await cluster.wrap(port, "v2");
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** Starts another wrapper for a protocol; returns its address. */
  async wrap(port: number, protocol: "v1" | "v2"): Promise<string> {
    const script = fileURLToPath(new URL("kserve_wrapper.py", import.meta.url));
    const wrapper = spawn(pythonOf("kserve"), [script, String(port)], {
      stdio: "ignore",
      env: { ...process.env, CONFIG_PATH: this.torchServe.settings, PROTOCOL_VERSION: protocol },
    });
    this.#wrappers.push(wrapper);
    process.once("exit", () => wrapper.kill("SIGKILL"));
    const address = `http://127.0.0.1:${port}`;
    const end = performance.now() + LOADING_MS;
    while (!(await isReady(address))) {
      if (performance.now() > end || wrapper.exitCode !== null) {
        throw new Error("KServe's wrapper does not answer");
      }
      await sleep(50);
    }
    return address;
  }

  async stop(): Promise<void> {
    for (const wrapper of this.#wrappers) {
      if (wrapper.exitCode !== null || wrapper.signalCode !== null) continue;
      const ended = once(wrapper, "close");
      wrapper.kill("SIGKILL");
      await ended;
    }
    await this.torchServe.stop();
  }
}

/** A configuration that allows a picture as much time as it needs on a busy machine. */
function patient(bytes: Uint8Array): ConfigProperties {
  const config = ConfigProperties.parse(bytes);
  const snapshot = config.get("model_snapshot") ?? "";
  const longer = snapshot.replaceAll(/(?<="responseTimeout":)\d+/g, "3600");
  return config.with("model_snapshot", longer);
}

function isReady(address: string): Promise<boolean> {
  return fetch(`${address}/v2/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}
