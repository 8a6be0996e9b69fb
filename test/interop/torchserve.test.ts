import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { PACK_FORMS, type PackForm } from "../../engine/contract/archives.ts";
import { darkroom } from "../fakes/command-line.ts";
import { psnr } from "../golden/reference.ts";
import { pythonOf } from "./virtual-environment.ts";

/** A worker imports torch and diffusers first. */
const LOADING_MS = 300_000;
/** Below this our picture and the handler's of one seed would not be the same. */
const LEAST_DB = 40;
const HALF = "test/golden/tiny-sd2-hub/snapshot";

const folder = mkdtempSync(join(tmpdir(), "darkroom-torchserve-"));
const store = join(folder, "model-store");
const data = join(folder, "data");
let server: TorchServe | undefined;

/** TorchServe on its own, with the config.properties that Darkroom makes beside an archive. */
class TorchServe {
  readonly #child: ReturnType<typeof spawn>;
  readonly address: string;

  private constructor(child: ReturnType<typeof spawn>, address: string) {
    this.#child = child;
    this.address = address;
  }

  static async start(config: ConfigProperties): Promise<TorchServe> {
    const [web, metrics, grpc, grpcManagement, worker] = await freePorts(5);
    const address = `http://127.0.0.1:${web}`;
    const here = {
      inference_address: address,
      management_address: address,
      metrics_address: `http://127.0.0.1:${metrics}`,
      grpc_inference_port: String(grpc),
      grpc_management_port: String(grpcManagement),
      initial_worker_port: String(worker),
      install_py_dep_per_model: "false",
      model_store: store,
    };
    let local = config;
    for (const [key, value] of Object.entries(here)) local = local.with(key, value);
    const file = join(folder, "config.properties");
    writeFileSync(file, local.bytes());
    const python = pythonOf("torchserve");
    const args = ["--start", "--foreground", "--ncs", "--disable-token-auth", "--enable-model-api"];
    const start = "from ts.model_server import start; start()";
    const child = spawn(
      python,
      ["-c", start, ...args, "--model-store", store, "--ts-config", file],
      {
        cwd: folder,
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
        // It keeps its process's number in the folder of temporary files: another one may run.
        env: {
          ...process.env,
          TMPDIR: folder,
          OMP_NUM_THREADS: "2",
          PATH: `${dirname(python)}${delimiter}${process.env["PATH"] ?? ""}`,
        },
      },
    );
    const log = createWriteStream(join(folder, "torchserve.log"));
    child.stdout?.pipe(log);
    child.stderr?.pipe(log);
    const started = new TorchServe(child, address);
    process.once("exit", () => started.kill());
    return started;
  }

  /** Waits until a model has a worker; `/ping` says Healthy long before. */
  async ready(model: string): Promise<void> {
    const end = performance.now() + LOADING_MS;
    for (;;) {
      const found = await this.#ask("GET", `/models/${model}`).catch(() => "");
      if (found.includes('"READY"')) return;
      if (performance.now() > end || this.#child.exitCode !== null) {
        const log = readFileSync(join(folder, "torchserve.log"), "utf8");
        throw new Error(`${model} is not ready: ${found}\n${log.slice(-3000)}`);
      }
      await sleep(500);
    }
  }

  async register(file: string, model: string): Promise<void> {
    const query = new URLSearchParams({
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

  /** Ends it with its Java machine and its workers. */
  async stop(): Promise<void> {
    const ended = once(this.#child, "close");
    this.kill();
    await ended;
  }

  kill(): void {
    const { pid, exitCode } = this.#child;
    if (pid !== undefined && exitCode === null) process.kill(-pid, "SIGKILL");
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const listeners = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  const ports: number[] = [];
  for (const listener of listeners) {
    if (!listener.listening) await once(listener, "listening");
    ports.push((listener.address() as AddressInfo).port);
  }
  await Promise.all(listeners.map((one) => new Promise((done) => one.close(done))));
  return ports;
}

async function run(args: readonly string[]): Promise<string> {
  const { code, out, err } = await darkroom(args);
  expect([args.join(" "), code], err).toEqual([args.join(" "), 0]);
  return out.trim();
}

const fileOf = (form: PackForm): string =>
  `${form}${{ tgz: ".tar.gz", "no-archive": "" }[form as string] ?? ".mar"}`;

async function pack(model: string, out: string, form: PackForm): Promise<void> {
  await run([
    "archive",
    "pack",
    model,
    "--out",
    join(store, out),
    "--form",
    form,
    "--data-dir",
    data,
  ]);
}

beforeAll(async () => {
  for (const place of [store, data]) mkdirSync(place, { recursive: true });
  for (const form of PACK_FORMS) await pack("starter", fileOf(form), form);
  await pack(HALF, "half.mar", "notebook");
  const config = join(folder, "made.properties");
  await run(["archive", "config", "make", config, "--archive", join(store, "notebook.mar")]);
  server = await TorchServe.start(ConfigProperties.parse(readFileSync(config)));
  await server.ready("notebook");
}, LOADING_MS);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const ASKED = ["a red house", "--steps", "4", "--seed", "7", "--guidance", "3"];

/** How far, in dB, what a model of TorchServe draws is from what we draw, asked by our own client. */
async function distance(
  name: string,
  model: string,
  settings: readonly string[] = [],
): Promise<number> {
  const studio = ["--data-dir", data];
  const [theirs, own] = [join(folder, `${name}.png`), join(folder, "own.png")];
  const flags = ["--name", `at ${name}`, "--model", name, "--profile", "full", ...studio];
  const id = await run(["endpoints", "add", server?.address ?? "", ...flags]);
  await run([
    "endpoints",
    "query",
    id,
    ...ASKED,
    ...settings,
    "--out",
    theirs,
    "--force",
    ...studio,
  ]);
  const folders = model === "starter" ? [] : ["--model", model];
  const drawn = ["--device", "cpu", "--out", own, "--force", ...folders];
  await run(["generate", ...ASKED, ...settings, ...drawn]);
  const [one, other] = await Promise.all(
    [theirs, own].map((file) => sharp(file).removeAlpha().raw().toBuffer()),
  );
  return psnr(one ?? Buffer.alloc(0), other ?? Buffer.alloc(0));
}

test("the notebook's form is loaded by its config.properties, and draws what we draw", async () => {
  expect(await distance("notebook", "starter")).toBeGreaterThanOrEqual(LEAST_DB);
  const others = ["--scheduler", "euler-ancestral", "--size", "64x96", "--negative", "blue"];
  expect(await distance("notebook", "starter", others)).toBeGreaterThanOrEqual(LEAST_DB);
});

test.each(PACK_FORMS.filter((form) => form !== "notebook"))(
  "the form %s is loaded, and draws what we draw",
  async (form) => {
    await server?.register(fileOf(form), form);
    expect(await distance(form, "starter")).toBeGreaterThanOrEqual(LEAST_DB);
    await server?.unregister(form);
  },
);

test("a half-precision snapshot is loaded in one precision, and draws", async () => {
  await server?.register("half.mar", "half");
  const small = ["--size", "64x64"];
  expect(await distance("half", HALF, small)).toBeGreaterThanOrEqual(LEAST_DB);
});
