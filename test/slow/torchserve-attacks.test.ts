import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { STARTER } from "../../engine/drawing/read-model.ts";
import { darkroom } from "../fakes/command-line.ts";
import { entriesOf, marOf, notebookMar } from "../fakes/mar-writer.ts";
import {
  canRestrict,
  COMMAND,
  restricted,
  StartedTorchServe,
} from "../fakes/started-torchserve.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";
import { zipOf, type ZipEntry } from "../fakes/zip-writer.ts";

const NOTEBOOK = {
  inputs: [{ name: "input0", shape: [-1], datatype: "BYTES", data: ["Photo of a dog"] }],
};

const TORCHSERVE = "inference and management";

function extra(change: Partial<ZipEntry>): Uint8Array {
  const entry = { name: "extra.txt", data: Buffer.from("x"), ...change };
  return marOf([...entriesOf(), entry]);
}

const ZEROS = Buffer.alloc(64 << 20);

/** Archives as an attacker packs them, and a word in the refusal of each. */
const HOSTILE: Readonly<Record<string, readonly [() => Uint8Array, string]>> = {
  bomb: [() => extra({ data: ZEROS }), "ARCHIVE_TOO_LARGE"],
  "bomb-inside": [
    () => notebookMar({}, [...entriesOf(), { name: "extra.txt", data: ZEROS }]),
    "ARCHIVE_TOO_LARGE",
  ],
  "bomb-that-lies": [
    () =>
      notebookMar(
        {},
        entriesOf().map((one) => lying(one)),
      ),
    "ARCHIVE_DAMAGED",
  ],
  many: [
    () => marOf(Array.from({ length: 5000 }, (_, i) => ({ name: `${i}`, data: Buffer.alloc(0) }))),
    "ARCHIVE_TOO_LARGE",
  ],
  nested: [
    () => marOf([{ name: "model.zip", data: zipOf([{ name: "a.zip", data: zipOf([]) }]) }]),
    "ARCHIVE_WITHOUT_MODEL",
  ],
  upwards: [() => extra({ name: "../../etc/cron.d/x" }), "ARCHIVE_UNSAFE"],
  absolute: [() => extra({ name: "/etc/passwd" }), "ARCHIVE_UNSAFE"],
  link: [() => extra({ mode: 0o120777, data: Buffer.from("/etc/passwd") }), "ARCHIVE_UNSAFE"],
  twice: [() => marOf([...entriesOf(), ...entriesOf()]), "ARCHIVE_UNSAFE"],
  garbage: [() => Buffer.from("PK and nothing else, but more than a directory"), "ARCHIVE_DAMAGED"],
  empty: [() => new Uint8Array(), "ARCHIVE_DAMAGED"],
};

/** Deflated weights whose headers claim a smaller size than they have. */
function lying(one: ZipEntry): ZipEntry {
  return one.name.endsWith("merges.txt") ? { ...one, stored: false, claimedBytes: 10 } : one;
}

function storeWith(archives: readonly string[]): string {
  const store = join(temporaryFolder(), "model-store");
  mkdirSync(store);
  cpSync(STARTER, join(store, "good"), { recursive: true });
  for (const name of archives) {
    const [make] = HOSTILE[name] ?? [];
    if (make !== undefined) writeFileSync(join(store, `${name}.mar`), make());
  }
  return store;
}

interface Start {
  readonly args?: readonly string[];
  readonly config?: string;
  readonly program?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function started(store: string, { args = [], config = "", program, env }: Start = {}) {
  const addresses = ["inference", "management", "metrics"].map(
    (key) => `${key}_address=http://127.0.0.1:0\n`,
  );
  const parsed = ConfigProperties.parse(Buffer.from(`${addresses.join("")}${config}`));
  const server = await StartedTorchServe.start(parsed, {
    folder: temporaryFolder(),
    args: [
      "--start",
      "--disable-token-auth",
      "--enable-model-api",
      ...args,
      `--model-store=${store}`,
    ],
    env: { MODEL_LOAD_MAX_TRY: "1", DARKROOM_DEVICE: "cpu", ...env },
    ...(program && { program }),
  });
  const draws = async (model: string): Promise<number> => {
    const reply = await fetch(`${server.address(TORCHSERVE)}/predictions/${model}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(NOTEBOOK),
    });
    await reply.arrayBuffer();
    return reply.status;
  };
  return { server, draws };
}

test("no archive in the store prevents the others from being served, and each is refused by its name", async () => {
  const names = Object.keys(HOSTILE);
  const store = storeWith(names);
  symlinkSync("/etc/passwd", join(store, "outside.mar"));
  spawnSync("mkfifo", [join(store, "pipe.mar")]);
  const models = [
    ...names.map((name) => `${name}=${name}.mar`),
    "outside=outside.mar",
    "pipe=pipe.mar",
  ];
  const strange = ["../secret.mar", "http://169.254.169.254/x.mar", "a b=good", "=good"];
  const args = ["--models", "good=good", ...models, ...strange, "--ncs"];
  const { server, draws } = await started(store, { args });
  await server.says(/good 1\.0 is ready\./);
  for (const name of [...names, "outside", "pipe"]) {
    const [, words = ""] = await server.says(
      new RegExp(`\\b${name} 1\\.0 could not be loaded\\. (.*)\\n`),
    );
    const code = HOSTILE[name]?.[1] ?? (name === "outside" ? "REQUEST_INVALID" : "NOT_FOUND");
    expect(`${name}: ${words}`).toContain(code);
  }
  expect(server.log).toContain("Not loaded: a b 1.0, since names");
  expect(await draws("good")).toBe(200);
  expect(await draws("bomb")).toBe(503);

  const management = server.address(TORCHSERVE);
  for (const url of [
    ...names.map((name) => `${name}.mar`),
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "/etc/passwd",
    "..%2F..%2Fetc%2Fpasswd",
    "good%00.mar",
    "x".repeat(5000),
    ".",
  ]) {
    const asked = `url=${url}&model_name=new&initial_workers=1&synchronous=true`;
    const reply = await fetch(`${management}/models?${asked}`, { method: "POST" });
    const { code, message } = await reply.json();
    expect([url.slice(0, 40), code]).toEqual([url.slice(0, 40), reply.status]);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).not.toBe(500);
    expect(message.length).toBeLessThan(500);
  }
  expect(await draws("good")).toBe(200);
});

test.each([
  ["a negative queue", "job_queue_size=-1\n", /job_queue_size.*whole number/],
  ["a port beyond all ports", "grpc_inference_port=70000\n", /grpc_inference_port.*65535/],
  ["an address that is none", "inference_address=file:///etc/passwd\n", /inference_address/],
  ["a gigabyte", undefined, /at most 1048576 bytes/],
])("a configuration with %s ends the start with one sentence", async (_, text, words) => {
  const file = join(temporaryFolder(), "config.properties");
  writeFileSync(file, text ?? "");
  // A sparse file: it takes no disk space, but has its full length.
  if (text === undefined) spawnSync("truncate", ["-s", "1G", file]);
  const { code, err } = await darkroom(["serve", "--model-store", ".", "--ts-config", file]);
  expect(code).not.toBe(0);
  expect(err).toMatch(words);
  expect(err.trim().split("\n")).toHaveLength(1);
});

test("an invalid model_snapshot leaves the models that are named otherwise", async () => {
  const store = storeWith([]);
  const config = 'model_snapshot={"models":{"a":\nload_models=good\nkey\\u0061=1\n';
  const { server, draws } = await started(store, { config });
  await server.says(/good 1\.0 is ready\./);
  expect(server.log).toContain("model_snapshot is not JSON in one line, so it names no model.");
  expect(await draws("good")).toBe(200);
});

test.skipIf(!canRestrict())(
  "a disk that is full for one archive is named, and the others are served (by unshare)",
  async () => {
    const store = storeWith([]);
    writeFileSync(join(store, "full.mar"), notebookMar({}, entriesOf(STARTER)));
    const writable = temporaryFolder();
    const { server, draws } = await started(store, {
      args: ["--models", "good=good", "full=full.mar"],
      program: [...restricted(writable, "16m"), process.execPath, COMMAND],
      env: { HOME: "/", TMPDIR: writable },
    });
    const [, words] = await server.says(/full 1\.0 could not be loaded\. (.*)\n/);
    expect(words).toContain("DISK_FULL");
    await server.says(/good 1\.0 is ready\./);
    expect(await draws("good")).toBe(200);
  },
);
