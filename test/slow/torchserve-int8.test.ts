import { createHash } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { configOf, NOTEBOOK_FORM } from "../../engine/archive/serving-form.ts";
import type { PackForm } from "../../engine/contract/archives.ts";
import { addsBytesExactly } from "../../engine/runtime/byte-product.ts";
import { Supervisor } from "../../engine/runtime/supervisor.ts";
import { darkroom } from "../fakes/command-line.ts";
import {
  canRestrict,
  COMMAND,
  restricted,
  StartedTorchServe,
} from "../fakes/started-torchserve.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const folder = mkdtempSync(join(tmpdir(), "darkroom-int8-"));
const REQUEST = {
  inputs: [
    { name: "prompt", shape: [1], datatype: "BYTES", data: ["a red fish"] },
    { name: "seed", shape: [1], datatype: "UINT64", data: [3] },
    { name: "steps", shape: [1], datatype: "INT32", data: [4] },
  ],
};

async function packed(form: PackForm, flags: readonly string[]): Promise<string> {
  const store = mkdtempSync(join(folder, "store-"));
  const out = join(store, form === "no-archive" ? "stable-diffusion" : "stable-diffusion.mar");
  const asked = ["archive", "pack", "starter", "--form", form, "--name", "stable-diffusion"];
  const { code, err } = await darkroom([...asked, ...flags, "--out", out, "--data-dir", folder]);
  if (code !== 0) throw new Error(err);
  return store;
}

interface Serving {
  readonly program?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The command over a model store, drawing in int8, and a hash of the pixels that it draws. */
async function served(store: string, { program, env = {} }: Serving = {}) {
  const run = temporaryFolder();
  const config = configOf(NOTEBOOK_FORM).with(
    "model_snapshot",
    configOf({ ...NOTEBOOK_FORM, marName: readdirSync(store)[0] ?? "" }).get("model_snapshot") ??
      "",
  );
  const server = await StartedTorchServe.start(config, {
    folder: run,
    args: ["--start", "--disable-token-auth", `--model-store=${store}`],
    env: { DARKROOM_PRESET: "balanced", DARKROOM_DEVICE: "cpu", MODEL_LOAD_MAX_TRY: "1", ...env },
    ...(program && { program }),
  });
  await server.says(/(is ready|could not be loaded after)/);
  const draw = async (): Promise<string> => {
    const reply = await fetch(`${server.address("KServe")}/v2/models/stable-diffusion/infer`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(REQUEST),
    });
    expect(reply.status).toBe(200);
    const { outputs } = await reply.json();
    return sha256Of(JSON.stringify(outputs));
  };
  const weights = join(run, ".cache", "darkroom", "weights");
  const made = () =>
    existsSync(weights) ? readdirSync(weights).filter((name) => name !== "index.json") : [];
  return { server, draw, made };
}

/** Processors without exact products of bytes use weights of seven bits, whatever the archive contains. */
async function takesEightBits(): Promise<boolean> {
  const supervisor = new Supervisor();
  try {
    return await addsBytesExactly(supervisor);
  } finally {
    supervisor.close();
  }
}

const isExact = await takesEightBits();
const USED = "Using the int8 weights that came with the model.";

describe("an archive with int8 weights", () => {
  let plain = "";
  let shipped = "";
  let unpacked = "";

  beforeAll(async () => {
    plain = await packed("notebook", []);
    shipped = await packed("notebook", ["--int8"]);
    unpacked = await packed("no-archive", ["--int8"]);
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("gives the same picture as weights made at the start, and makes none", async () => {
    const local = await served(plain);
    expect(local.server.log).not.toContain("int8 weights");
    const picture = await local.draw();
    expect(local.made()).toEqual([expect.stringMatching(/\.int[78]-/)]);
    local.server.kill();

    chmodSync(shipped, 0o555);
    const archive = join(shipped, "stable-diffusion.mar");
    const before = sha256Of(readFileSync(archive));
    const { server, draw, made } = await served(shipped);
    expect(await draw()).toBe(picture);
    expect(server.log.includes(USED)).toBe(isExact);
    expect(made().length).toBe(isExact ? 0 : 1);
    expect(sha256Of(readFileSync(archive))).toBe(before);
    expect(readdirSync(shipped)).toEqual(["stable-diffusion.mar"]);
  });

  test("damaged ones are reported in one line and made again", async () => {
    const local = await served(plain);
    const picture = await local.draw();
    local.server.kill();
    const store = join(temporaryFolder(), "store");
    cpSync(unpacked, store, { recursive: true });
    damageInt8(join(store, "stable-diffusion"));
    const { server, draw, made } = await served(store);
    expect(await draw()).toBe(picture);
    const told = server.log.match(/are not used, and are made again: [^.]*\./g);
    const why = isExact ? "they are damaged" : "this processor takes others";
    expect(told).toEqual([`are not used, and are made again: ${why}.`]);
    expect(made()).toHaveLength(1);
  });

  test.skipIf(!canRestrict() || !isExact)(
    "is served without a writable folder, which one line says (by unshare)",
    async () => {
      const nowhere = temporaryFolder();
      const inside = { HOME: "/", TMPDIR: "/usr" };
      const program = [...restricted(nowhere), process.execPath, COMMAND];
      const { server, draw } = await served(unpacked, { program, env: inside });
      expect(server.log).toMatch(
        /Neither \S+ nor \/usr can be written, so no archive can be unpacked/,
      );
      expect(server.log).toContain(USED);
      await draw();
      // An archive in one file has to be unpacked.
      const other = await served(shipped, { program, env: inside });
      expect(other.server.log).toMatch(
        /could not be loaded\. .*cannot be written.* \(CACHE_UNWRITABLE\)/,
      );
    },
  );
});

function sha256Of(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function damageInt8(model: string): void {
  const paths = readdirSync(join(model, "int8"), { recursive: true, encoding: "utf8" });
  for (const path of paths.filter((name) => name.endsWith(".safetensors"))) {
    const place = join(model, "int8", path);
    const bytes = readFileSync(place);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    rmSync(place);
    writeFileSync(place, bytes);
  }
}
