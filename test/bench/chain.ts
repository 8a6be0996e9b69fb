/**
 * Measures the time from "publish" to the first picture: `node test/bench/chain.ts [--rounds N]`. Once here, with
 * `bucket publish` and `bucket serve`; and once through the real chain on the same machine: the same publishing,
 * KServe's storage initializer, TorchServe with its handler, and KServe's client in front. It needs what `npm run
 * test:interop -- chain` installs, and skips the chain if that is missing. Contestants take turns; S3 is moto for both.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Cluster, publishTo } from "../interop/cluster.ts";
import { startMoto } from "../interop/started-moto.ts";
import { pythonOf } from "../interop/virtual-environment.ts";
import { interleaved, median } from "./measure.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const STEPS = 4;
const NAME = "stable-diffusion";
const folder = mkdtempSync(join(tmpdir(), "darkroom-bench-chain-"));
let round = 0;

/** An unused folder and bucket, so that nothing of an earlier round helps. */
function fresh() {
  const bucket = `round-${round++}`;
  const place = join(folder, bucket);
  mkdirSync(place);
  return { bucket, folder: place, data: join(place, "data") };
}

async function draw(origin: string, model: string): Promise<void> {
  const one = (name: string, datatype: string, value: unknown) => {
    return { name, datatype, shape: [1], data: [value] };
  };
  const inputs = [one("prompt", "BYTES", "a red house"), one("steps", "INT32", STEPS)];
  const reply = await fetch(`${origin}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: "1", inputs }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${origin}: ${reply.status} ${text.slice(0, 300)}`);
}

/** The last line of JSON that `bucket serve` prints once the model is ready. */
interface Ready {
  readonly type: string;
  readonly endpoint?: string | null;
  readonly modelNames?: readonly string[];
}

/** Serves it here from the bucket until one picture is drawn. */
async function servedHere({ bucket, data }: ReturnType<typeof fresh>): Promise<void> {
  const args = ["bucket", "serve", `${bucket}/${NAME}/`, "--json", "--endpoint-port", "0"];
  const host = spawn(process.execPath, ["engine/cli.ts", ...args, "--data-dir", data], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => host.once("close", resolve));
  try {
    for await (const line of createInterface(host.stdout)) {
      const said = JSON.parse(line) as Ready;
      if (said.type !== "ready") continue;
      await draw(said.endpoint ?? "", NAME);
      return;
    }
    throw new Error("bucket serve ended before it was ready");
  } finally {
    host.kill();
    await ended;
  }
}

const service = await startMoto();
try {
  const here = async (): Promise<void> => {
    const place = fresh();
    await publishTo(service, { model: "starter", name: NAME, ...place });
    await servedHere(place);
  };
  const through = async (installsPackages: boolean): Promise<void> => {
    const place = fresh();
    await publishTo(service, { model: "starter", name: NAME, ...place });
    const path = `${NAME}/`;
    const cluster = await Cluster.start({ service, path, ...place, installsPackages });
    try {
      await draw(cluster.address, cluster.model);
    } finally {
      await cluster.stop();
    }
  };
  const isThere = ["kserve", "torchserve"].every((peer) => existsSync(pythonOf(peer)));
  if (!isThere) console.log("the real chain: skipped, it is not installed here");
  const seconds = await interleaved(
    {
      "here: publish, serve": here,
      ...(isThere && {
        "chain, packages there": () => through(false),
        "chain, as configured": () => through(true),
      }),
    },
    Number(values.rounds),
  );
  process.stdout.write(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n`);
  const ours = median(seconds["here: publish, serve"] ?? []);
  console.table(
    Object.entries(seconds).map(([what, runs]) => ({
      what,
      s: runs.map((one) => one.toFixed(1)).join(" "),
      "x as long as here": (median(runs) / ours).toFixed(1),
    })),
  );
} finally {
  await service.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
