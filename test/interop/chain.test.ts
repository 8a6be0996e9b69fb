import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { darkroom } from "../fakes/command-line.ts";
import { runCommand } from "../fakes/run-command.ts";
import { psnr } from "../golden/reference.ts";
import { Cluster, publishTo } from "./cluster.ts";
import type { StartedService } from "./s3-service.ts";
import { startMoto } from "./started-moto.ts";
import { freePorts } from "./torchserve.ts";
import { pythonOf } from "./virtual-environment.ts";

/** Below this, our picture and the cluster's from the same seed would not count as equal. */
const LEAST_DB = 40;
/** Publishing, installing two packages with pip, and a worker that imports torch. */
const STARTING_MS = 1_100_000;
const NAME = "stable-diffusion";

const folder = mkdtempSync(join(tmpdir(), "darkroom-chain-"));
const data = join(folder, "data");
/** The starter with a small recommended number of steps, since the notebook's request names none. */
const model = join(folder, "few-steps");
let service: StartedService | undefined;
let started: Cluster | undefined;

beforeAll(async () => {
  cpSync("assets/starter/snapshot", model, { recursive: true });
  const few = { num_inference_steps: 3, guidance_scale: 3, width: 128, height: 128 };
  writeFileSync(join(model, "recommended.json"), JSON.stringify(few));
  service = await startMoto();
  await publishTo(service, { model, bucket: "document", name: NAME, data });
  const path = `${NAME}/`;
  started = await Cluster.start({
    service,
    bucket: "document",
    path,
    folder,
    installsPackages: true,
  });
  const flags = ["--name", "cluster", "--profile", "full", "--data-dir", data];
  await run(["endpoints", "add", started.address, ...flags]);
}, STARTING_MS);

afterAll(async () => {
  await started?.stop();
  await service?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function run(args: readonly string[]): Promise<string> {
  const { code, out, err } = await darkroom(args);
  expect([args.join(" "), code], err).toEqual([args.join(" "), 0]);
  return out.trim();
}

function cluster(): Cluster {
  if (started === undefined) throw new Error("the chain did not start");
  return started;
}

const pixels = (file: string): Promise<Buffer> => sharp(file).removeAlpha().raw().toBuffer();

/** The picture drawn here with the same settings. */
async function drawnHere(settings: readonly string[]): Promise<Buffer> {
  const out = join(folder, "here.png");
  await run([
    "generate",
    ...settings,
    "--model",
    model,
    "--device",
    "cpu",
    "--out",
    out,
    "--force",
  ]);
  return pixels(out);
}

/** Sends a request over v2 and returns the reply, whatever it says. */
async function infer(body: object) {
  const reply = await fetch(`${cluster().address}/v2/models/${NAME}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: await reply.json() };
}

function input(name: string, datatype: string, ...values: readonly unknown[]): object {
  return { name, datatype, shape: [values.length], data: values };
}

test("TorchServe installs our archive's requirements without errors", () => {
  const { log } = cluster().torchServe;
  expect(log).toContain("Installed custom pip packages for model");
  expect(log).not.toContain("pip package installation failed");
});

test.each([
  ["plain", []],
  ["every setting", ["--scheduler", "euler-ancestral", "--size", "64x96", "--negative", "blue"]],
])("our client gets our picture through the chain: %s", async (_, more) => {
  const asked = ["a red house", "--steps", "4", "--seed", "7", "--guidance", "3", ...more];
  const out = join(folder, "there.png");
  await run([
    "endpoints",
    "query",
    "cluster",
    ...asked,
    "--out",
    out,
    "--force",
    "--data-dir",
    data,
  ]);
  expect(psnr(await pixels(out), await drawnHere(asked))).toBeGreaterThanOrEqual(LEAST_DB);
});

test("the KServe example's notebook draws through the chain, and its seed gives our picture", async () => {
  const script = fileURLToPath(new URL("query_notebook.py", import.meta.url));
  const out = join(folder, "dog.png");
  const args = [script, cluster().address, NAME, out];
  const { code, stdout, stderr } = await runCommand(pythonOf("torchserve"), args, { cwd: folder });
  expect([code, stderr]).toEqual([0, stderr]);
  const here = await drawnHere(["Photo of a dog", "--seed", stdout.trim()]);
  expect(psnr(await pixels(out), here)).toBeGreaterThanOrEqual(LEAST_DB);
});

test("curl and our client draw over v1 if the wrapper speaks it", async () => {
  const [port = 0] = await freePorts(1);
  const address = await cluster().wrap(port, "v1");
  const file = join(folder, "v1.json");
  const one = { prompt: "a red house", seed: 7, steps: 2, guidance_scale: 3, format: "png" };
  writeFileSync(file, JSON.stringify({ instances: [one] }));
  const json = ["-H", "Content-Type: application/json", "-d", `@${file}`];
  const asked = ["-sS", ...json, `${address}/v1/models/${NAME}:predict`];
  const { stdout } = await runCommand("curl", asked, { cwd: folder });
  const reply = JSON.parse(stdout) as { readonly predictions?: readonly string[] };
  expect(Object.keys(reply), stdout).toEqual(["predictions"]);
  const png = await sharp(Buffer.from(reply.predictions?.[0] ?? "", "base64"))
    .raw()
    .toBuffer();
  const settings = ["--steps", "2", "--seed", "7", "--guidance", "3"];
  const here = await drawnHere(["a red house", ...settings]);
  expect(psnr(png, here)).toBeGreaterThanOrEqual(LEAST_DB);
  const added = ["--name", "over-v1", "--profile", "full", "--data-dir", data];
  await run(["endpoints", "add", address, ...added]);
  const out = join(folder, "v1.png");
  const query = ["endpoints", "query", "over-v1", "a red house", ...settings];
  await run([...query, "--out", out, "--force", "--data-dir", data]);
  expect(psnr(await pixels(out), here)).toBeGreaterThanOrEqual(LEAST_DB);
  expect(await run(["endpoints", "list", "--data-dir", data])).toContain("over protocol v1");
});

const SMALL = [
  input("num_inference_steps", "INT32", 1),
  input("width", "INT32", 96),
  input("height", "INT32", 64),
];

test("every input that the handler declares passes through the wrapper, for a batch of prompts", async () => {
  const { status, body } = await infer({
    id: "of the client",
    inputs: [
      input("prompt", "BYTES", "a red house", "a tree"),
      input("negative_prompt", "BYTES", "blue", "fog"),
      input("seed", "INT64", 5),
      input("guidance_scale", "FP32", 3.5),
      input("scheduler", "BYTES", "ddim"),
      input("num_images_per_prompt", "INT32", 2),
      ...SMALL,
    ],
  });
  expect([status, body.error]).toEqual([200, undefined]);
  expect(body).toMatchObject({
    model_name: NAME,
    model_version: "1.0",
    id: "of the client",
    parameters: { seed: "5,6,7,8", device: "cpu" },
    outputs: [{ name: "output0", datatype: "UINT8", shape: [4, 64, 96, 3] }],
  });
  const values = (body.outputs[0].data as unknown[]).flat(3);
  expect(values).toHaveLength(4 * 64 * 96 * 3);
  expect(values.every((value) => Number.isInteger(value) && Number(value) <= 255)).toBe(true);
  // The third is the second prompt's first picture, with the next seed.
  const settings = ["--seed", "7", "--guidance", "3.5", "--scheduler", "ddim", "--steps", "1"];
  const own = ["a tree", "--negative", "fog", "--size", "96x64", ...settings];
  const third = Uint8Array.from(values.slice(2 * 64 * 96 * 3, 3 * 64 * 96 * 3) as number[]);
  expect(psnr(third, await drawnHere(own))).toBeGreaterThanOrEqual(LEAST_DB);
});

test("parameters of a request pass through the wrapper like its inputs, and so does a picture as a file", async () => {
  const { status, body } = await infer({
    parameters: { seed: 5, steps: 1, width: 96, height: 64, format: "webp" },
    inputs: [input("input0", "BYTES", "a red house")],
  });
  expect([status, body.error]).toEqual([200, undefined]);
  expect(body).toMatchObject({
    parameters: { seed: "5" },
    outputs: [{ datatype: "BYTES", shape: [1] }],
  });
  // The client sent no id; the wrapper made one, and the handler returned it.
  expect(body.id).toMatch(/^[0-9a-f-]{36}$/);
  const file = Buffer.from(body.outputs[0].data[0], "base64");
  expect(await sharp(file).metadata()).toMatchObject({ format: "webp", width: 96, height: 64 });
});

test("the handler's refusals pass through the wrapper with their messages", async () => {
  const wrong = [input("prompt", "BYTES", "a"), input("height", "INT32", 65)];
  const { status, body } = await infer({ inputs: wrong });
  expect(status).toBe(500);
  expect(body.error).toMatch(
    /^HTTPStatusError : height needs a multiple of 8\., '400 [^']*' for url '/,
  );
});

test("a TorchServe that has died behind the wrapper is told as such", async () => {
  await cluster().torchServe.stop();
  const asked = ["a red house", "--steps", "1", "--size", "64x64", "--data-dir", data];
  const { code, err } = await darkroom(["endpoints", "query", "cluster", ...asked]);
  expect([code, err]).toEqual([code === 0 ? "refused" : code, err]);
  expect(err).toContain("KServe's wrapper runs, but its TorchServe does not.");
});
