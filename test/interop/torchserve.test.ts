import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ConfigProperties } from "../../engine/archive/config-properties.ts";
import { PACK_FORMS, type PackForm } from "../../engine/contract/archives.ts";
import { darkroom } from "../fakes/command-line.ts";
import { psnr } from "../golden/reference.ts";
import { LOADING_MS, TorchServe } from "./torchserve.ts";

/** Below this, our picture and the handler's from the same seed would not count as equal. */
const LEAST_DB = 40;
const HALF = "test/golden/tiny-sd2-hub/snapshot";

const folder = mkdtempSync(join(tmpdir(), "darkroom-torchserve-"));
const store = join(folder, "model-store");
const data = join(folder, "data");
let server: TorchServe | undefined;

async function run(args: readonly string[]): Promise<string> {
  const { code, out, err } = await darkroom(args);
  expect([args.join(" "), code], err).toEqual([args.join(" "), 0]);
  return out.trim();
}

const fileOf = (form: PackForm): string =>
  `${form}${{ tgz: ".tar.gz", "no-archive": "" }[form as string] ?? ".mar"}`;

async function pack(
  model: string,
  out: string,
  form: PackForm,
  more: readonly string[] = [],
): Promise<void> {
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
    ...more,
  ]);
}

beforeAll(async () => {
  for (const place of [store, data]) mkdirSync(place, { recursive: true });
  for (const form of PACK_FORMS) await pack("starter", fileOf(form), form);
  await pack(HALF, "half.mar", "notebook");
  const config = join(folder, "made.properties");
  await run(["archive", "config", "make", config, "--archive", join(store, "notebook.mar")]);
  server = await TorchServe.start(ConfigProperties.parse(readFileSync(config)), { folder, store });
  await server.ready("notebook");
}, LOADING_MS);

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const ASKED = ["a red house", "--steps", "4", "--seed", "7", "--guidance", "3"];

/** The distance, in dB, between the picture that our own client gets from a TorchServe model and ours. */
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

test("the notebook's form is loaded by its config.properties, and gives our picture", async () => {
  expect(await distance("notebook", "starter")).toBeGreaterThanOrEqual(LEAST_DB);
  const others = ["--scheduler", "euler-ancestral", "--size", "64x96", "--negative", "blue"];
  expect(await distance("notebook", "starter", others)).toBeGreaterThanOrEqual(LEAST_DB);
});

test.each(PACK_FORMS.filter((form) => form !== "notebook"))(
  "the form %s is loaded, and gives our picture",
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

/** A request of a v2 client: with integers as ids, like the notebook's may be. */
function asked(id: number, width: number, steps = 2): object {
  const one = (name: string, datatype: string, value: unknown) => {
    return { name, datatype, shape: [1], data: [value] };
  };
  return {
    id,
    inputs: [
      one("prompt", "BYTES", "a red house"),
      one("seed", "INT64", id),
      one("steps", "INT32", steps),
      one("width", "INT32", width),
      one("height", "INT32", 64),
    ],
  };
}

async function infer(model: string, body: object) {
  const reply = await fetch(`${server?.address}/v2/models/${model}/infer`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: reply.status, body: await reply.json() };
}

test("each request of a batch is answered separately: its id, seed, size and picture, or its error", async () => {
  const batch = { batch_size: "4", max_batch_delay: "20000" };
  await server?.register("notebook.mar", "batch", batch);
  const requests = [asked(101, 64), asked(102, 96), asked(103, 72, 0), asked(104, 128)];
  const together = await Promise.all(requests.map((request) => infer("batch", request)));
  await server?.unregister("batch");
  const pictures = together.filter((_, index) => index !== 2);
  expect(pictures.map(({ status, body }) => [status, body.id, body.parameters.seed])).toEqual(
    ["101", "102", "104"].map((id) => [200, id, id]),
  );
  expect(pictures.map(({ body }) => body.outputs[0].shape)).toEqual([
    [64, 64, 3],
    [64, 96, 3],
    [64, 128, 3],
  ]);
  expect(together[2]).toMatchObject({
    status: 400,
    body: { error: "num_inference_steps needs a number from 1 to 1000." },
  });
  // Requested alone, each is the same picture in TorchServe with its config.properties.
  for (const index of [0, 1, 3]) {
    const alone = await infer("notebook", requests[index] ?? {});
    expect(alone.body.outputs).toEqual(together[index]?.body.outputs);
  }
});

test("an archive with int8 weights is loaded, and draws the same", async () => {
  await pack("starter", "int8.mar", "notebook", ["--int8"]);
  await server?.register("int8.mar", "int8");
  expect(await distance("int8", "starter")).toBeGreaterThanOrEqual(LEAST_DB);
});
