import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import sharp from "sharp";
import { expect, onTestFinished, test } from "vitest";
import { darkroom, lines } from "../fakes/command-line.ts";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SECRET = "secret-canary-7f3a9c51d0ab";
const ENV = {
  DBUS_SESSION_BUS_ADDRESS: "unix:path=/nowhere",
  AWS_ACCESS_KEY_ID: "access",
  AWS_SECRET_ACCESS_KEY: SECRET,
};
const PROMPT = "a red house";

/** A service with the starter in it, published with the command line of a data folder. */
async function published() {
  const s3 = await S3Server.start({ accessKey: "access", secretKey: SECRET });
  onTestFinished(() => s3.close());
  s3.bucket("models");
  const data = temporaryFolder();
  const run = (...args: string[]) => darkroom([...args, "--data-dir", data], { env: ENV });
  const made = await run("bucket", "connect", "b", "--endpoint", s3.origin, "--bucket", "models");
  expect([made.code, made.code === 0 ? "" : made.err]).toEqual([0, ""]);
  const put = await run("bucket", "publish", "starter", "b", "--name", "red");
  expect([put.code, put.out]).toEqual([0, "red/\n"]);
  return { s3, data, run };
}

async function drawn(model: string, out: string): Promise<Buffer> {
  const flags = ["--seed", "7", "--steps", "4", "--size", "64x64", "--device", "cpu"];
  const { code, err } = await darkroom([
    "generate",
    PROMPT,
    ...flags,
    "--out",
    out,
    "--model",
    model,
  ]);
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  return sharp(readFileSync(out)).raw().toBuffer();
}

test("a model that is published, checked, listed and imported back draws the same picture", async () => {
  const { data, run } = await published();
  const checked = await run("archive", "check", "b/red/", "--json");
  expect([checked.code, lines(checked.out).at(-1)]).toEqual([
    0,
    expect.objectContaining({ path: "red/", modelNames: ["red"], isDeployable: true }),
  ]);
  const listed = lines(
    (await run("archive", "inspect", "b/red/model-store/red.mar", "--json")).out,
  );
  expect(listed.find(({ type }) => type === "model")).toMatchObject({ id: "red" });
  const imported = await run("archive", "import", "b/red/", "--json");
  expect([imported.code, lines(imported.out).at(-1)]).toEqual([0, { type: "done" }]);
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const own = await drawn("assets/starter", join(folder, "own.png"));
  const back = await drawn(join(data, "models", "red"), join(folder, "back.png"));
  expect(back.equals(own)).toBe(true);
  const wrong = await run("archive", "import", "nowhere/red.mar");
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("file or connection")]);
});

test("a path of a bucket is served as a cluster would, and as one of 0.12 to 0.14 would not without its slash", async () => {
  const { data, run } = await published();
  const refused = await run("bucket", "serve", "b/red", "--endpoint-port", "0");
  expect([refused.code, refused.err]).toEqual([
    1,
    expect.stringContaining("model-store/red.mar is not among the copies; it is red.mar instead"),
  ]);
  expect(refused.err).toContain(
    "KServe's versions differ: red/model-store/red.mar becomes red.mar",
  );
  const flags = ["--kserve", "0.15", "--endpoint-port", "0", "--json", "--data-dir", data];
  const child = spawn(process.execPath, ["engine/cli.ts", "bucket", "serve", "b/red", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...ENV },
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  let told: Record<string, unknown> = {};
  let last: Record<string, unknown> = {};
  for await (const text of createInterface({ input: child.stdout })) {
    told = JSON.parse(text) as Record<string, unknown>;
    if (told["type"] === "ready") break;
    last = told;
  }
  expect(told).toMatchObject({ model: "red", modelNames: ["red", "stable-diffusion"] });
  const stages = (last["log"] as string[]).map((stage) => stage.split(":")[0]);
  expect(stages).toEqual(["found", "warning", "copied", "unpacked", "try 1 of 3", "ready"]);
  const reply = await fetch(`${String(told["endpoint"])}/v2/models/red/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      id: "42",
      inputs: [
        { name: "prompt", shape: [1], datatype: "BYTES", data: [PROMPT] },
        { name: "steps", shape: [1], datatype: "INT32", data: [2] },
      ],
    }),
  });
  const { outputs } = (await reply.json()) as { outputs: { shape: number[]; data: number[] }[] };
  expect([reply.status, outputs[0]?.shape]).toEqual([200, [128, 128, 3]]);
});
