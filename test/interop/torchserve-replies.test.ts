import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type Client, credentials, loadPackageDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import { darkroom } from "../fakes/command-line.ts";
import { manifest } from "../fakes/mar-writer.ts";
import { runCommand } from "../fakes/run-command.ts";
import { StartedTorchServe } from "../fakes/started-torchserve.ts";
import { zipOf } from "../fakes/zip-writer.ts";
import {
  type AskedOfBoth,
  TORCHSERVE_REQUESTS,
  WORDS,
  WRAPPER_REQUESTS,
} from "./reply-requests.ts";
import { freePorts, LOADING_MS, TorchServe } from "./torchserve.ts";
import { pythonOf } from "./virtual-environment.ts";

const NAME = NOTEBOOK_FORM.name;
const folder = mkdtempSync(join(tmpdir(), "darkroom-replies-"));
const [theirStore, ourStore] = [join(folder, "theirs"), join(folder, "ours")];
let theirs: TorchServe | undefined;
let wrapper: ChildProcess | undefined;
let wrapped = "";

beforeAll(async () => {
  for (const name of ["theirs", "ours", "data", "torchserve", "protos"])
    mkdirSync(join(folder, name));
  const handler = readFileSync(fileURLToPath(new URL("notebook_handler.py", import.meta.url)));
  const archive = [{ name: "stable_diffusion_handler.py", data: handler }, manifest()];
  writeFileSync(join(theirStore, `${NAME}.mar`), zipOf(archive));
  const packed = ["archive", "pack", "starter", "--form", "notebook", "--name", NAME];
  const place = ["--out", join(ourStore, `${NAME}.mar`), "--data-dir", join(folder, "data")];
  const { code, err } = await darkroom([...packed, ...place]);
  if (code !== 0) throw new Error(err);
  const settings = { folder: join(folder, "torchserve"), store: theirStore };
  theirs = await TorchServe.start(configOf(NOTEBOOK_FORM), settings);
  await theirs.ready(NAME);
  const [port = 0] = await freePorts(1);
  const script = fileURLToPath(new URL("kserve_wrapper.py", import.meta.url));
  wrapper = spawn(pythonOf("kserve"), [script, String(port)], {
    stdio: "ignore",
    env: { ...process.env, CONFIG_PATH: theirs.settings, PROTOCOL_VERSION: "v2" },
  });
  wrapped = `http://127.0.0.1:${port}`;
  const isReady = (): Promise<boolean> =>
    ask(wrapped, { method: "GET", path: "/v2/health/ready" }).then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await isReady())) await sleep(100);
}, LOADING_MS);

afterAll(async () => {
  wrapper?.kill("SIGKILL");
  await theirs?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}, LOADING_MS);

/** Darkroom in place of TorchServe, with the same settings and the starter in its store. */
async function place(): Promise<StartedTorchServe> {
  const own = mkdtempSync(join(folder, "place-"));
  const config = ConfigProperties.parse(readFileSync(theirs?.settings ?? ""));
  const args = ["--start", "--disable-token-auth", "--enable-model-api"];
  const started = await StartedTorchServe.start(config.with("model_store", ourStore), {
    folder: own,
    args: [...args, `--model-store=${ourStore}`],
  });
  await started.says(/stable-diffusion 1\.0 is ready\./);
  return started;
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a request like curl: without any header that was not given. */
async function ask(address: string, { method, path, body, type }: AskedOfBoth): Promise<Reply> {
  const headers = {
    ...(type !== undefined && { "content-type": type }),
    ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
  };
  const sent = request(`${address}${path}`, { method, headers, agent: false });
  sent.end(body);
  const reply = await new Promise<IncomingMessage | undefined>((resolve) => {
    sent.on("response", resolve).on("error", () => resolve(undefined));
  });
  if (reply === undefined) return { status: 0, headers: {}, text: "" };
  const chunks: Buffer[] = [];
  for await (const chunk of reply) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return { status: reply.statusCode ?? 0, headers: reply.headers, text };
}

/** Headers that a client may act on. That a connection stays open after a refusal has its own row. */
const HEADERS = ["content-type", "allow", "location", "cache-control", "pragma", "expires"];

/** The fields of a description that depend on the machine. */
const OWN = new Set([
  "startTime",
  "memoryUsage",
  "pid",
  "id",
  "modelUrl",
  "maxWorkers",
  "loadedAtStartup",
]);

/** All fields of a reply by path; a picture's numbers count as one field, as do an OpenAPI document's addresses. */
function members(value: unknown, path = "body"): readonly (readonly [string, string])[] {
  const isNumbers = Array.isArray(value) && /^\[*\d/.test(JSON.stringify(value).slice(0, 20));
  if (path === "body.paths") return [[path, "addresses"]];
  if (typeof value !== "object" || value === null || (isNumbers && path.endsWith(".data"))) {
    return [[path, isNumbers ? "pixels" : JSON.stringify(value)]];
  }
  const isDescribed = path.startsWith("body.0");
  return Object.entries(value).flatMap(([key, one]) =>
    isDescribed && OWN.has(key) ? [] : members(one, `${path}.${key}`),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === "" ? null : "no JSON";
  }
}

function fields({ status, headers, text }: Reply): ReadonlyMap<string, string> {
  return new Map([
    ["status", String(status)],
    ...HEADERS.map((name) => [name, String(headers[name])] as const),
    ["x-request-id", String(headers["x-request-id"] !== undefined)],
    ...members(parsed(text)),
  ]);
}

/** The fields in which two replies differ, with both values. */
function differences(their: Reply, own: Reply): readonly string[] {
  const [one, other] = [fields(their), fields(own)];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .map((name) => `${name}: ${one.get(name)?.slice(0, 100)} | ${other.get(name)?.slice(0, 100)}`);
}

/** First cells of the table of differences. */
function rows(): readonly string[] {
  const text = readFileSync("assets/deploy/README.md", "utf8");
  return [...text.matchAll(/^\| (.+?) \|/gm)].map(([, cell = ""]) => cell);
}

/** What may differ in a refusal with other words. */
const IN_WORDS =
  /^(?:body\.(?:message|error|detail)|allow|cache-control|x-request-id|pragma|expires):/;

/** Differences that no row names, and rows without a difference. */
async function compare(requests: readonly AskedOfBoth[], their: string, own: string) {
  const unnamed: string[] = [];
  const idle: string[] = [];
  for (const asked of requests) {
    const { method, path, body = "", row } = asked;
    const name = `${method} ${path} ${body.slice(0, 100)}`;
    const found = differences(await ask(their, asked), await ask(own, asked));
    if (found.length > 0) console.log([name, `(${row})`, ...found].join("\n  "));
    const beyond = row === WORDS ? found.filter((one) => !IN_WORDS.test(one)) : found;
    if (beyond.length > 0 && (row === undefined || row === WORDS)) unnamed.push(name, ...beyond);
    if (found.length === 0 && row !== undefined) idle.push(`${name}: ${row}`);
  }
  return { unnamed, idle };
}

test("every row that names a difference is in the table", () => {
  const named = [...TORCHSERVE_REQUESTS, ...WRAPPER_REQUESTS].flatMap(({ row = [] }) => row);
  expect(rows()).toEqual(expect.arrayContaining([...new Set(named)]));
});

test("the same requests have the same replies, field by field, except for what the table names", async () => {
  const ours = await place();
  const nothing = { unnamed: [], idle: [] };
  const own = ours.address("inference and management");
  expect(await compare(TORCHSERVE_REQUESTS, theirs?.address ?? "", own)).toEqual(nothing);
  expect(await compare(WRAPPER_REQUESTS, wrapped, ours.address("KServe"))).toEqual(nothing);
});

type GrpcReply = Readonly<Record<string, unknown>>;

/** A client made from the .proto files in TorchServe's own archive. */
function grpcClients(inference: string, management: string) {
  const files = ["inference.proto", "management.proto"];
  const includeDirs = [join(folder, "protos", "proto"), join(folder, "protos")];
  const loaded = loadPackageDefinition(loadSync(files, { keepCase: true, includeDirs }));
  const open = (target: string, ...names: readonly string[]): Client => {
    const path = ["org", "pytorch", "serve", "grpc", ...names];
    const Found = path.reduce<unknown>((scope, name) => Reflect.get(scope as object, name), loaded);
    const client = Reflect.construct(Found as new () => Client, [
      target,
      credentials.createInsecure(),
    ]);
    onTestFinished(() => client.close());
    return client;
  };
  const clients = [
    open(inference, "inference", "InferenceAPIsService"),
    open(management, "management", "ManagementAPIsService"),
  ];
  return (method: string, message: object): Promise<GrpcReply> =>
    new Promise((resolve) => {
      const client = clients.find((one) => typeof Reflect.get(one, method) === "function");
      const call = Reflect.get(client ?? {}, method) as (...args: readonly unknown[]) => void;
      // Some of TorchServe's calls never end.
      const deadline = Date.now() + 120_000;
      call.call(client, message, { deadline }, (error: GrpcReply | null, reply: GrpcReply) =>
        resolve(error === null ? reply : { code: error["code"], details: error["details"] }),
      );
    });
}

const MODEL = { model_name: NAME };
const ANOTHER = { url: `${NAME}.mar`, model_name: "another" };
const CODES = "gRPC: an unknown model, a request that cannot be read, a name that is taken";

/** gRPC calls, and the row that names a difference. */
const CALLS: readonly (readonly [method: string, message: object, row?: string])[] = [
  ["Ping", {}],
  ["Predictions", { ...MODEL, model_version: "2.0" }, CODES],
  ["Predictions", { model_name: "nope" }, CODES],
  ["Predictions", { ...MODEL, input: { body: Buffer.from("{bad") } }, CODES],
  ["DescribeModel", MODEL],
  ["DescribeModel", { ...MODEL, model_version: "all" }],
  ["DescribeModel", { ...MODEL, model_version: "9" }],
  ["DescribeModel", { model_name: "nope" }],
  ["ListModels", { limit: 10 }],
  ["RegisterModel", { ...ANOTHER, initial_workers: 1, synchronous: true }],
  ["RegisterModel", ANOTHER, CODES],
  ["RegisterModel", { url: "nope.mar" }],
  ["RegisterModel", {}, WORDS],
  ["ScaleWorker", { model_name: "another", min_worker: 1 }],
  ["ScaleWorker", { model_name: "nope", min_worker: 1 }],
  ["SetDefault", { model_name: "another", model_version: "1.0" }],
  ["SetDefault", { model_name: "nope", model_version: "1.0" }],
  ["UnregisterModel", { model_name: "another" }],
  ["UnregisterModel", { model_name: "another" }],
];

/** Converts a gRPC reply to the form of a REST reply, so that its fields can be compared. */
function asReply(reply: GrpcReply): Reply {
  const { code = 0, details, msg, health } = reply;
  const said = details ?? (msg === undefined ? health : undefined);
  const text =
    said === undefined && /^[[{]/.test(String(msg)) ? String(msg) : JSON.stringify(said ?? msg);
  return { status: Number(code), headers: {}, text };
}

test("TorchServe's own .proto files reach the same services, with the same replies", async () => {
  const jar =
    "import ts, os; print(os.path.join(os.path.dirname(ts.__file__), 'frontend', 'model-server.jar'))";
  const python = pythonOf("torchserve");
  const { stdout } = await runCommand(python, ["-c", jar], { cwd: folder });
  await runCommand(python, ["-m", "zipfile", "-e", stdout.trim(), join(folder, "protos")], {
    cwd: folder,
  });
  const ours = await place();
  const config = ConfigProperties.parse(readFileSync(theirs?.settings ?? ""));
  const port = (api: string): string => `127.0.0.1:${config.get(`grpc_${api}_port`)}`;
  const their = grpcClients(port("inference"), port("management"));
  const own = grpcClients(ours.address("gRPC"), ours.address("gRPC, management"));
  const unnamed: string[] = [];
  for (const [method, message, row] of CALLS) {
    const found = differences(
      asReply(await their(method, message)),
      asReply(await own(method, message)),
    );
    if (found.length > 0)
      console.log([`${method} ${JSON.stringify(message)}`, ...found].join("\n  "));
    if (found.length > 0 && (row === undefined || !rows().includes(row)))
      unnamed.push(method, ...found);
  }
  expect(unnamed).toEqual([]);
  const body = Buffer.from(
    JSON.stringify({
      inputs: [
        { name: "prompt", shape: [1], datatype: "BYTES", data: ["a dog"] },
        { name: "steps", shape: [1], datatype: "INT32", data: [1] },
      ],
    }),
  );
  const { prediction } = await own("Predictions", { ...MODEL, input: { data: body } });
  expect(JSON.parse(String(prediction))).toMatchObject({ model_name: NAME });
});
