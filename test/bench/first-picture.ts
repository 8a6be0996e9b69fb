/**
 * Measures the time from starting a process with a .mar of the starter to its first picture, for our server and for
 * TorchServe with its handler on the same file: `node test/bench/first-picture.ts [--rounds N]`. TorchServe is the one
 * that `npm run test:interop -- torchserve` installs, and is skipped if it is missing. Contestants take turns.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { darkroom } from "../fakes/command-line.ts";
import { TorchServe } from "../interop/torchserve.ts";
import { pythonOf } from "../interop/virtual-environment.ts";
import { interleaved, median } from "./measure.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const STEPS = 4;
const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-first-"));
const store = join(folder, "model-store");
const archive = join(store, "starter.mar");
const config = join(folder, "made.properties");
let round = 0;

/** An unused folder, so that nothing of an earlier run helps. */
function freshFolder(): string {
  const fresh = join(folder, String(round++));
  mkdirSync(fresh);
  return fresh;
}

async function run(...args: readonly string[]): Promise<void> {
  const { code, err } = await darkroom(args);
  if (code !== 0) throw new Error(`${args.join(" ")}: ${err}`);
}

async function draw(origin: string, model: string): Promise<void> {
  const one = (name: string, datatype: string, value: unknown) => {
    return { name, datatype, shape: [1], data: [value] };
  };
  const body = JSON.stringify({
    id: "1",
    inputs: [one("prompt", "BYTES", "a red house"), one("steps", "INT32", STEPS)],
  });
  const headers = { "content-type": "application/json" };
  const reply = await fetch(`${origin}/v2/models/${model}/infer`, {
    method: "POST",
    headers,
    body,
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${origin}: ${reply.status} ${text.slice(0, 300)}`);
}

async function generate(): Promise<void> {
  const out = join(freshFolder(), "one.png");
  const asked = ["a red house", "--steps", String(STEPS), "--model", archive, "--device", "cpu"];
  await run("generate", ...asked, "--out", out);
}

/** Starts our inference server, requests one picture, and stops it. */
async function serve(): Promise<void> {
  const args = ["--json", "--port", "0", "--endpoint-port", "0", "--data-dir", freshFolder()];
  const host = spawn(process.execPath, ["engine/cli.ts", "serve", ...args, "--model", archive], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => host.once("close", resolve));
  try {
    for await (const line of createInterface(host.stdout)) {
      const said: unknown = line.startsWith("{") ? JSON.parse(line) : {};
      if (typeof said !== "object" || said === null || !("endpoint" in said)) continue;
      const origin = String(said.endpoint);
      const listed = await (await fetch(`${origin}/v1/models`)).text();
      const [model = ""] = /(?<=\[")[^"]+/.exec(listed) ?? [];
      await draw(origin, model);
      return;
    }
    throw new Error("serve ended before it was ready");
  } finally {
    host.kill();
    await ended;
  }
}

async function torchServe(): Promise<void> {
  const settings = ConfigProperties.parse(readFileSync(config));
  const server = await TorchServe.start(settings, { folder: freshFolder(), store });
  try {
    await server.ready("starter");
    await draw(server.address, "starter");
  } finally {
    await server.stop();
  }
}

try {
  mkdirSync(store);
  const own = ["--data-dir", join(folder, "data")];
  await run("archive", "pack", "starter", "--out", archive, "--form", "notebook", ...own);
  await run("archive", "config", "make", config, "--archive", archive);
  const isThere = existsSync(pythonOf("torchserve"));
  if (!isThere) console.log("torchserve: skipped, it is not installed here");
  const seconds = await interleaved(
    { "generate --model": generate, "serve, infer": serve, ...(isThere && { torchServe }) },
    Number(values.rounds),
  );
  process.stdout.write(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
  const theirs = median(seconds["torchServe"] ?? [NaN]);
  console.table(
    Object.entries(seconds).map(([what, runs]) => ({
      what,
      s: runs.map((one) => one.toFixed(1)).join(" "),
      "x as fast as TorchServe": (theirs / median(runs)).toFixed(1),
    })),
  );
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
