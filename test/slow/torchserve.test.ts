import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { text } from "node:stream/consumers";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import { STARTER } from "../../engine/drawing/read-model.ts";
import { darkroom } from "../fakes/command-line.ts";
import {
  canRestrict,
  COMMAND,
  restricted,
  StartedTorchServe,
} from "../fakes/started-torchserve.ts";
import { asker } from "../fakes/open-grpc-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

/** The KServe example's container args, except for the two folders. */
const ARGS = ["--start", "--disable-token-auth", "--enable-model-api"];
const ENVIRONMENT = {
  TS_SERVICE_ENVELOPE: "<no value>",
  PROTOCOL_VERSION: "v2",
  MODEL_LOAD_MAX_TRY: "20",
  MODEL_LOAD_DELAY: "1",
  MODEL_LOAD_TIMEOUT: "10",
};
/** The request of the KServe example's notebook. */
const NOTEBOOK = {
  id: "42",
  inputs: [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["Photo of a dog"] }],
};

const archives = mkdtempSync(join(tmpdir(), "darkroom-torchserve-"));
const ARCHIVE = join(archives, "stable-diffusion.mar");

beforeAll(async () => {
  const packed = ["archive", "pack", "starter", "--form", "notebook", "--name", "stable-diffusion"];
  const { code, err } = await darkroom([...packed, "--out", ARCHIVE, "--data-dir", archives]);
  if (code !== 0) throw new Error(err);
}, 120_000);

afterAll(() => rmSync(archives, { recursive: true, force: true }));

interface Started {
  readonly env?: Readonly<Record<string, string>>;
  readonly isEmpty?: boolean;
  readonly args?: readonly string[];
  readonly program?: readonly string[];
}

async function started({ env = {}, isEmpty = false, args = ARGS, program }: Started = {}) {
  const folder = temporaryFolder();
  const store = join(folder, "model-store");
  mkdirSync(store);
  if (!isEmpty) copyFileSync(ARCHIVE, join(store, "stable-diffusion.mar"));
  const server = await StartedTorchServe.start(configOf(NOTEBOOK_FORM), {
    folder,
    args: [...args, `--model-store=${store}`],
    env: { ...ENVIRONMENT, ...env },
    ...(program && { program }),
  });
  const ask = async (name: string, path: string, init: RequestInit = {}) => {
    const reply = await fetch(`${server.address(name)}${path}`, init);
    const text = await reply.text();
    return { status: reply.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const infer = (name: string, path: string, body: object = NOTEBOOK) =>
    ask(name, path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { server, store, ask, infer };
}

/** Posts a form as curl does: fetch sends headers that only browsers send. */
async function postForm(address: string, name: string, value: string | Blob) {
  const form = new FormData();
  if (typeof value === "string") form.append(name, value);
  else form.append(name, value);
  const encoded = new Response(form);
  const type = encoded.headers.get("content-type") ?? "";
  const sent = request(address, { method: "POST", headers: { "content-type": type } });
  sent.end(await encoded.bytes());
  const [reply] = await once(sent, "response");
  return { status: reply.statusCode, body: JSON.parse(await text(reply)) };
}

const TORCHSERVE = "inference and management";
const GRPC = "org.pytorch.serve.grpc";
const MODEL = "/v2/models/stable-diffusion";

test("the KServe example's args and config.properties draw the notebook's picture", async () => {
  const { server, ask, infer } = await started();
  await server.says(/stable-diffusion 1\.0 is ready\./);
  expect(server.log).toContain("Loading stable-diffusion .. 1 of 20 tries..");
  expect(server.log.match(/Token authorization is off/g)).toHaveLength(1);
  expect(await ask("KServe", "/v2/health/ready")).toEqual({ status: 200, body: { ready: true } });
  expect(await ask(TORCHSERVE, "/ping")).toEqual({ status: 200, body: { status: "Healthy" } });
  const { status, body } = await infer("KServe", `${MODEL}/infer`);
  expect(status).toBe(200);
  await server.says(/Z 127\.0\.0\.1 "POST \/v2\/models\/stable-diffusion\/infer" 200 [\d.]+ ms\n/);
  expect(server.log).not.toContain("GET /v2/health");
  expect(Object.keys(body)).toEqual(["model_name", "model_version", "id", "parameters", "outputs"]);
  expect(body).toMatchObject({ model_name: "stable-diffusion", model_version: null, id: "42" });
  const [output] = body.outputs;
  expect(output).toMatchObject({ name: "output0", shape: [128, 128, 3], datatype: "FP16" });
  expect(output.data.flat(2)).toHaveLength(128 * 128 * 3);
  for (const path of [
    "/predictions/stable-diffusion",
    "/predictions/stable-diffusion/1.0",
    "/v2/models/stable-diffusion/infer",
    "/v1/models/stable-diffusion:predict",
    "/models/stable-diffusion/predict",
    "/invocations",
  ]) {
    const reply = await infer(TORCHSERVE, path);
    expect([path, reply.status, Object.keys(reply.body)]).toEqual([path, 200, ["id", "outputs"]]);
    expect(reply.body.outputs[0]).toMatchObject({ name: "output0", datatype: "fp16" });
  }
  const metrics = await fetch(`${server.address("metrics")}/metrics`);
  expect(metrics.headers.get("content-type")).toContain("version=0.0.4");
  const counts = await metrics.text();
  // One address names a version, and /invocations means the only one.
  const counted = (version: string, count: number) =>
    new RegExp(
      `^ts_inference_requests_total\\{.*"stable-diffusion".*"${version}".*\\} ${count}$`,
      "m",
    );
  expect(counts).toMatch(counted("default", 5));
  expect(counts).toMatch(counted("1\\.0", 2));
  expect(counts).toMatch(/^darkroom_queue_length 0$/m);
});

test("a file that curl uploads draws, and so do TorchServe's own gRPC services", async () => {
  const { server, ask } = await started();
  await server.says(/stable-diffusion 1\.0 is ready\./);
  const body = JSON.stringify(NOTEBOOK);
  const uploaded = await ask(TORCHSERVE, "/predictions/stable-diffusion", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(uploaded).toMatchObject({ status: 200, body: { id: "42" } });
  // curl -F data=@request.json, as a file or a text.
  const address = `${server.address(TORCHSERVE)}/predictions/stable-diffusion`;
  for (const data of [new Blob([body]), body]) {
    const { status, body: reply } = await postForm(address, "data", data);
    expect([status, reply]).toMatchObject([200, { outputs: [{ shape: [128, 128, 3] }] }]);
  }
  expect(await postForm(address, "file", body)).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining("data or body") },
  });
  expect((await ask(TORCHSERVE, "/api-description")).body.openapi).toBe("3.0.1");
  const files = ["torchserve-inference.proto", "torchserve-management.proto"];
  const [inference, management] = await Promise.all([
    asker(server.address("gRPC"), { files, service: `${GRPC}.inference.InferenceAPIsService` }),
    asker(server.address("gRPC, management"), {
      files,
      service: `${GRPC}.management.ManagementAPIsService`,
    }),
  ]);
  expect(await inference("Ping")).toMatchObject({ health: expect.stringContaining("Healthy") });
  const input = { data: Buffer.from(body) };
  const { prediction } = await inference("Predictions", { model_name: "stable-diffusion", input });
  expect(JSON.parse(String(prediction)).outputs[0].shape).toEqual([128, 128, 3]);
  const { msg } = await management("DescribeModel", { model_name: "stable-diffusion" });
  expect(JSON.parse(String(msg))).toMatchObject([{ workers: [{ status: "READY" }] }]);
});

test("a model that comes into the store later is loaded by its name, beside the others", async () => {
  const { server, store, infer } = await started();
  await server.says(/stable-diffusion 1\.0 is ready\./);
  const change = (verb: string, name = "late") =>
    infer("KServe", `/v2/repository/models/${name}/${verb}`, {});
  const states = async () =>
    (await infer("KServe", "/v2/repository/index", {})).body.map(
      ({ name, state }: Record<string, string>) => `${name} ${state}`,
    );
  expect(await change("load")).toMatchObject({ status: 404 });
  // A bucket's layout, as KServe's agent copies it.
  mkdirSync(join(store, "late", "model-store"), { recursive: true });
  copyFileSync(ARCHIVE, join(store, "late", "model-store", "stable-diffusion.mar"));
  expect(await change("load")).toMatchObject({ status: 200, body: { name: "late", load: true } });
  const both = ["stable-diffusion READY", "late READY"];
  expect(await states()).toEqual(both);
  expect((await infer("KServe", "/v2/models/late/infer")).body.model_name).toBe("late");
  expect(await change("unload")).toMatchObject({ status: 200 });
  expect(await states()).toEqual(["stable-diffusion READY", "late UNAVAILABLE"]);
  expect((await infer("KServe", "/v2/models/late/infer")).status).toBe(503);
  expect((await infer("KServe", `${MODEL}/infer`)).status).toBe(200);
  expect(await change("load")).toMatchObject({ status: 200 });
  expect(await states()).toEqual(both);
  rmSync(join(store, "late"), { recursive: true });
  expect(await change("unload")).toMatchObject({ status: 200 });
  expect(await states()).toEqual(["stable-diffusion READY"]);
  expect(await change("load", "../late")).toMatchObject({ status: 404 });
  // A model of the start stays known: its volume may return.
  rmSync(join(store, "stable-diffusion.mar"));
  expect(await change("unload", "stable-diffusion")).toMatchObject({ status: 200 });
  expect(await states()).toEqual(["stable-diffusion UNAVAILABLE"]);
});

test("without --enable-model-api, a model that comes later is not loaded", async () => {
  const args = ARGS.filter((one) => one !== "--enable-model-api");
  const { store, infer } = await started({ isEmpty: true, args });
  copyFileSync(ARCHIVE, join(store, "late.mar"));
  expect(await infer("KServe", "/v2/repository/models/late/load", {})).toMatchObject({
    status: 405,
    body: { error: expect.stringContaining("--enable-model-api") },
  });
});

test("it is ready only with its model, and tries again until the archive is there", async () => {
  const { server, store, ask, infer } = await started({ isEmpty: true });
  await server.says(/could not be loaded\. There is no archive/);
  expect(await ask("KServe", "/v2/health/ready")).toMatchObject({
    status: 503,
    body: { ready: false, error: expect.not.stringContaining("studio") },
  });
  expect((await ask("KServe", `${MODEL}/ready`)).status).toBe(503);
  expect((await ask(TORCHSERVE, "/ping")).status).toBe(500);
  expect((await infer(TORCHSERVE, "/predictions/stable-diffusion")).body).toMatchObject({
    code: 503,
    type: "ServiceUnavailableException",
  });
  copyFileSync(ARCHIVE, join(store, "stable-diffusion.mar"));
  await server.says(/stable-diffusion 1\.0 is ready\./);
  expect((await ask("KServe", "/v2/health/ready")).status).toBe(200);
});

test("once ready it is not ready any more when its files are gone, and again when they are back", async () => {
  const { server, ask, infer } = await started();
  await server.says(/is ready\./);
  const caches = join(server.folder, ".cache", "darkroom", "archives");
  const state = async () => [
    (await ask("KServe", "/v2/health/ready")).status,
    (await ask(TORCHSERVE, "/ping")).status,
    (await ask(TORCHSERVE, "/models/stable-diffusion")).body[0].workers[0].status,
    (await ask(TORCHSERVE, "/v1/models/stable-diffusion")).body.ready,
  ];
  expect(await state()).toEqual([200, 200, "READY", true]);
  renameSync(caches, `${caches}.away`);
  await vi.waitFor(async () => expect(await state()).toEqual([503, 500, "UNLOADING", false]), 9000);
  expect((await infer(TORCHSERVE, "/predictions/stable-diffusion")).status).not.toBe(200);
  renameSync(`${caches}.away`, caches);
  await vi.waitFor(async () => expect(await state()).toEqual([200, 200, "READY", true]), 9000);
  expect((await infer(TORCHSERVE, "/predictions/stable-diffusion")).status).toBe(200);
});

test.each(["an archive beside the store", "a snapshot in its place"])(
  "%s can be drawn from",
  async (kind) => {
    const folder = temporaryFolder();
    const store = join(folder, "model-store");
    if (kind === "a snapshot in its place") cpSync(STARTER, store, { recursive: true });
    else copyFileSync(ARCHIVE, join(folder, "stable-diffusion.mar"));
    const server = await StartedTorchServe.start(configOf(NOTEBOOK_FORM), {
      folder,
      args: [...ARGS, `--model-store=${store}`],
      env: ENVIRONMENT,
    });
    await server.says(/stable-diffusion 1\.0 is ready\./);
    const reply = await fetch(`${server.address("KServe")}${MODEL}/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(NOTEBOOK),
    });
    expect([reply.status, (await reply.json()).model_name]).toEqual([200, "stable-diffusion"]);
  },
);

/** A pod's mount with only a model, a network of its own, and the image's arguments, until it is ready. */
const POD = `
mount -t tmpfs tmpfs /mnt && cp -r "$1" /mnt/models && ip link set lo up || exit 1
"$2" "$3" --start --disable-token-auth --model-store=/mnt/models/model-store \\
  --ts-config=/mnt/models/config/config.properties & pid=$!
until "$2" -e "fetch('http://127.0.0.1:8080/v2/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"
do kill -0 $pid || exit 1; sleep 1; done
echo It was ready.; kill $pid; wait $pid`;

test.skipIf(!canRestrict() || spawnSync("unshare", ["-Urn", "ip", "link"]).status !== 0)(
  "a bucket with only a snapshot is ready at KServe's port, with the image's arguments",
  () => {
    const folder = temporaryFolder();
    const script = ["sh", "-c", POD, "sh", STARTER, process.execPath, COMMAND];
    const { stdout, stderr } = spawnSync("unshare", ["-Urmn", "--kill-child", ...script], {
      encoding: "utf8",
      timeout: 150_000,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder, TMPDIR: folder },
    });
    expect(stdout, stderr).toContain("It was ready.");
    expect(stdout).toContain("Configuration: none, since /mnt/models/config/config.properties");
    expect(stdout).toContain("Listening, KServe: http://127.0.0.1:8080 (all addresses)");
  },
);

test("a model that cannot be loaded is named after the last try", async () => {
  const env = { MODEL_LOAD_MAX_TRY: "2", MODEL_LOAD_DELAY: "0" };
  const { server } = await started({ isEmpty: true, env });
  await server.says(/stable-diffusion 1\.0 could not be loaded after 2 tries\./);
  expect(server.log).toContain("Loading stable-diffusion .. 2 of 2 tries..");
});

test("when stopped it answers what is there, refuses new requests, and exits with 0", async () => {
  // On a crowded machine the picture takes longer than the usual time to end.
  const { server, infer, ask } = await started({ env: { DARKROOM_GRACE_SECONDS: "200" } });
  await server.says(/is ready\./);
  const steps = { name: "steps", shape: [1], datatype: "INT32", data: [150] };
  const prompt = { name: "prompt", shape: [1], datatype: "BYTES", data: ["a dog"] };
  const drawing = infer("KServe", `${MODEL}/infer`, { inputs: [prompt, steps] });
  for (let left = 10; left > 0; left--) {
    const { body } = await ask(TORCHSERVE, "/models/stable-diffusion");
    expect(body[0].jobQueueStatus.remainingCapacity).toBe(10);
  }
  server.signal("SIGTERM");
  await server.says(/Stopping/);
  expect(await infer("KServe", `${MODEL}/infer`)).toMatchObject({
    status: 503,
    body: {
      error:
        "stable-diffusion is not served now: this server is being stopped. Ask again once it runs, or ask another one.",
    },
  });
  expect(await ask("KServe", "/v2/health/ready")).toMatchObject({
    status: 503,
    body: { ready: false, error: expect.stringContaining("this server is being stopped") },
  });
  expect(await drawing).toMatchObject({ status: 200 });
  expect(await server.ended()).toBe(0);
});

test("without --disable-token-auth a key from key_file.json is required", async () => {
  const { server, ask } = await started({ args: ["--start", "--enable-model-api"] });
  await server.says(/is ready\./);
  const [, file = ""] = await server.says(/Keys for its clients are in (\S+);/);
  const path = join(server.folder, file);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const keys = JSON.parse(readFileSync(path, "utf8"));
  const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  expect(await ask(TORCHSERVE, "/models")).toMatchObject({
    status: 400,
    body: { code: 400, type: "InvalidKeyException" },
  });
  expect((await ask(TORCHSERVE, "/models", bearer(keys.inference.key))).status).toBe(400);
  expect((await ask(TORCHSERVE, "/models", bearer(keys.management.key))).status).toBe(200);
  expect((await ask("KServe", "/v2/models", bearer(keys.inference.key))).status).toBe(200);
  expect((await ask("KServe", "/v2/models")).status).toBe(401);
  const renewed = "/token?type=management";
  expect((await ask(TORCHSERVE, renewed, bearer(keys.management.key))).status).toBe(400);
  expect((await ask(TORCHSERVE, renewed, bearer(keys.API.key))).status).toBe(200);
  expect((await ask(TORCHSERVE, "/models", bearer(keys.management.key))).status).toBe(400);
  const { management } = JSON.parse(readFileSync(path, "utf8"));
  expect((await ask(TORCHSERVE, "/models", bearer(management.key))).status).toBe(200);
  server.signal("SIGTERM");
  expect(await server.ended()).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test.skipIf(!canRestrict())(
  "any user of group 0 can run it with a read-only root and one writable folder (by unshare)",
  async () => {
    const writable = temporaryFolder();
    const { server, infer } = await started({
      program: [...restricted(writable), process.execPath, COMMAND],
      env: { HOME: "/", TMPDIR: writable },
    });
    await server.says(/is ready\./);
    expect(server.log).toContain("/.cache/darkroom cannot be written");
    expect((await infer("KServe", `${MODEL}/infer`)).status).toBe(200);
    server.signal("SIGTERM");
    expect(await server.ended()).toBe(0);
  },
);

test("models are registered, scaled, described and removed; nothing is downloaded", async () => {
  const { server, store, ask, infer } = await started();
  await server.says(/is ready\./);
  cpSync(STARTER, join(store, "plain"), { recursive: true });
  writeFileSync(join(store, "..", "secret.mar"), "");
  const send = (method: string, path: string) => ask(TORCHSERVE, path, { method });
  const asked = "url=plain&model_name=M&initial_workers=1&synchronous=true";
  expect(await send("POST", `/models?${asked}`)).toEqual({
    status: 200,
    body: { status: 'Model "M" Version: 1.0 registered with 1 initial workers' },
  });
  expect((await infer(TORCHSERVE, "/predictions/M")).status).toBe(200);
  expect((await send("GET", "/models")).body).toEqual({
    models: [
      { modelName: "stable-diffusion", modelUrl: "stable-diffusion.mar" },
      { modelName: "M", modelUrl: "plain" },
    ],
  });
  expect((await send("GET", "/models/M")).body).toMatchObject([
    { modelName: "M", loadedAtStartup: false, workers: [{ status: "READY" }] },
  ]);
  expect((await send("PUT", "/models/M?min_worker=0&synchronous=true")).status).toBe(200);
  expect(await infer(TORCHSERVE, "/predictions/M")).toMatchObject({
    status: 503,
    body: {
      message: "M is not served now: it has no worker. PUT /models/M?min_worker=1 adds one.",
    },
  });
  expect((await send("PUT", "/models/M?min_worker=1&synchronous=true")).status).toBe(200);
  expect((await infer(TORCHSERVE, "/predictions/M")).status).toBe(200);
  expect((await send("PUT", "/models/M/1.0/set-default")).status).toBe(200);
  expect((await send("POST", `/models?${asked}`)).status).toBe(409);
  expect((await send("DELETE", "/models/M")).body).toEqual({ status: 'Model "M" unregistered' });
  expect((await send("GET", "/models/M")).body).toEqual({
    code: 404,
    type: "ModelNotFoundException",
    message: "Model not found: M",
  });
  for (const url of ["https://example.invalid/a.mar", "../secret.mar", "file:///etc/passwd"]) {
    const refused = await send("POST", `/models?url=${encodeURIComponent(url)}`);
    expect(refused).toMatchObject({ status: 400, body: { type: "BadRequestException" } });
  }
  expect((await send("POST", "/models?url=nope.mar")).body).toEqual({
    code: 404,
    type: "ModelNotFoundException",
    message: "Model not found at: nope.mar",
  });
});
