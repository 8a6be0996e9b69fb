import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { StartedTorchServe } from "../fakes/started-torchserve.ts";
import { publishTo } from "./cluster.ts";
import { programOf } from "./go-program.ts";
import type { StartedService } from "./s3-service.ts";
import { startMoto } from "./started-moto.ts";
import { freePorts } from "./torchserve.ts";

/** Where the agent asks for models to be loaded; it cannot be told otherwise. */
const MODEL_SERVER_PORT = 8080;
const [BUCKET, PUBLISHED, MODEL] = ["models", "stable-diffusion", "fish"];
const SMALL = { num_inference_steps: 2, width: 64, height: 64 };
/** Downloading, and loading on a busy machine. */
const PATIENCE = { timeout: 120_000, interval: 200 };

const data = mkdtempSync(join(tmpdir(), "darkroom-agent-"));
let service: StartedService | undefined;

beforeAll(async () => {
  service = await startMoto();
  await publishTo(service, { model: "starter", bucket: BUCKET, name: PUBLISHED, data });
}, 300_000);

afterAll(async () => {
  await service?.stop();
  rmSync(data, { recursive: true, force: true });
});

/** An event of the agent's log. */
interface LoggedEvent {
  readonly type: string;
  readonly id: string;
  readonly body: string;
}

/** Receives the agent's log, as Knative's broker would. */
async function receiver() {
  const events: LoggedEvent[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { "ce-type": type, "ce-id": id } = request.headers;
    events.push({ type: String(type), id: String(id), body: Buffer.concat(parts).toString() });
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  return { events, url: `http://127.0.0.1:${port}` };
}

/** The models that the agent is to serve, as Kubernetes mounts a ConfigMap: the folder `..data` is exchanged. */
class MountedModels {
  readonly folder = temporaryFolder();
  #count = 0;

  set(models: readonly { readonly name: string; readonly uri: string }[]): void {
    const version = join(this.folder, `..version-${this.#count++}`);
    mkdirSync(version);
    const rows = models.map(({ name, uri }) => ({
      modelName: name,
      modelSpec: { storageUri: uri, framework: "pytorch", memory: "1Gi" },
    }));
    writeFileSync(join(version, "models.json"), JSON.stringify(rows));
    rmSync(join(this.folder, "..data"), { force: true });
    symlinkSync(version, join(this.folder, "..data"));
    rmSync(join(this.folder, "models.json"), { force: true });
    symlinkSync(join("..data", "models.json"), join(this.folder, "models.json"));
  }
}

/** The agent beside a server in TorchServe's place, over one folder of models, as in a pod of KServe's. */
async function pod(mounted: MountedModels, logUrl: string) {
  const folder = temporaryFolder();
  const store = join(folder, "models");
  mkdirSync(store);
  const args = ["--start", "--disable-token-auth", "--enable-model-api", `--model-store=${store}`];
  await StartedTorchServe.start(ConfigProperties.parse(new Uint8Array()), {
    folder,
    args,
    port: MODEL_SERVER_PORT,
    env: { PROTOCOL_VERSION: "v2" },
  });
  const [port = 0] = await freePorts(1);
  const probe = {
    scheme: "HTTP",
    host: "127.0.0.1",
    port: MODEL_SERVER_PORT,
    path: "/v2/health/ready",
  };
  const puller = ["--enable-puller", "--config-dir", mounted.folder, "--model-dir", store];
  const batcher = ["--enable-batcher", "--max-batchsize", "2", "--max-latency", "60000"];
  const ports = ["--port", String(port), "--component-port", String(MODEL_SERVER_PORT)];
  const all = [...puller, ...batcher, ...ports, "--log-url", logUrl];
  const child = spawn(programOf("kserve-agent"), all, {
    env: {
      SERVING_READINESS_PROBE: JSON.stringify({ httpGet: probe, successThreshold: 1 }),
      AWS_ACCESS_KEY_ID: service?.accessKey,
      AWS_SECRET_ACCESS_KEY: service?.secretKey,
      AWS_ENDPOINT_URL: service?.endpoint,
      AWS_DEFAULT_REGION: "us-east-1",
      S3_USER_VIRTUAL_BUCKET: "false",
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  onTestFinished(() => void child.kill("SIGKILL"));
  const ask = async (path: string, body?: object, headers: Record<string, string> = {}) => {
    const init = body && { method: "POST", body: JSON.stringify(body) };
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
    return { status: reply.status, text: await reply.text() };
  };
  while (!(await listens(port))) {
    if (child.exitCode !== null) throw new Error(`the agent has ended: ${said.slice(-2000)}`);
    await sleep(50);
  }
  return { ask, said: () => said };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
  });
  socket.destroy();
  return isOpen;
}

const isTaken = await listens(MODEL_SERVER_PORT);
if (isTaken) console.log(`Skipped: another program listens on port ${MODEL_SERVER_PORT}.`);

const JSON_TYPE = { "content-type": "application/json" };

test.skipIf(isTaken)(
  "KServe's agent downloads a model, has it loaded, batches and logs requests, and removes it",
  async () => {
    const mounted = new MountedModels();
    mounted.set([{ name: MODEL, uri: `s3://${BUCKET}/${PUBLISHED}` }]);
    const { events, url } = await receiver();
    const { ask, said } = await pod(mounted, url);
    await expect.poll(said, PATIENCE).toContain(`Successfully loaded model ${MODEL}`);

    const probe = { "user-agent": "kube-probe/1.34", "k-network-probe": "queue" };
    await expect.poll(async () => (await ask("/", undefined, probe)).status, PATIENCE).toBe(200);
    expect(await ask(`/v2/models/${MODEL}/ready`)).toMatchObject({ status: 200 });

    const input = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] };
    const inferred = await ask(
      `/v2/models/${MODEL}/infer`,
      { id: "7", inputs: [input], parameters: SMALL },
      // The agent logs a reply as it passes it on, compressed or not.
      { ...JSON_TYPE, "ce-id": "logged", "accept-encoding": "identity" },
    );
    expect(JSON.parse(inferred.text)).toMatchObject({ id: "7", model_name: MODEL });
    const logged = () => events.filter(({ id }) => id === "logged");
    await expect.poll(() => logged().length, PATIENCE).toBe(2);
    const answered = logged().find(({ type }) => type.endsWith(".inference.response"));
    expect(answered?.body).toBe(inferred.text);

    // Two requests become one of the model's; each client gets its own picture.
    const [one, other] = await Promise.all(
      ["a red fish", "a blue house"].map((prompt) =>
        ask(`/v1/models/${MODEL}:predict`, { instances: [{ prompt, ...SMALL }] }, JSON_TYPE),
      ),
    );
    const [first, second] = [one, other].map((reply) => JSON.parse(reply?.text ?? ""));
    expect([first.message, second.message]).toEqual(["", ""]);
    expect([first.batchId, first.predictions.length]).toEqual([second.batchId, 1]);
    expect(second.predictions).toHaveLength(1);
    expect(second.predictions[0]).not.toBe(first.predictions[0]);

    mounted.set([]);
    await expect.poll(said, PATIENCE).toContain(`Successfully unloaded model ${MODEL}`);
    expect(await ask(`/v2/models/${MODEL}/ready`)).toMatchObject({ status: 404 });
  },
  600_000,
);
