import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { darkroom, lines } from "../fakes/command-line.ts";
import { studioAt, tokenFor } from "../fakes/enter-studio.ts";
import { largeModel } from "../fakes/large-model.ts";
import { marOf, notebookMar } from "../fakes/mar-writer.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const MIB = 1 << 20;
const PATIENCE = { timeout: 120_000, interval: 20 };

function written(bytes: Uint8Array, name = "toy.mar"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, bytes);
  return path;
}

const large = () => written(notebookMar({}, largeModel(256 * MIB)), "large.mar");

/** The content of a data folder's store: complete and unfinished models. */
function stored(data: string): readonly string[] {
  const folder = join(data, "models");
  return existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true }).flatMap((one) =>
        one.isDirectory() ? one.name : [],
      )
    : [];
}

test("an archive is listed, verified, imported under a name, and drawn from without importing", async () => {
  const [path, data] = [written(notebookMar()), temporaryFolder()];
  const list = lines((await darkroom(["archive", "list", path, "--json"])).out);
  expect(list.at(-1)).toMatchObject({ type: "done", format: "zip" });
  expect(list.find(({ type }) => type === "model")).toMatchObject({ id: "stable-diffusion" });
  const verified = lines((await darkroom(["archive", "verify", path, "--draw", "--json"])).out);
  expect(verified.at(-1)).toEqual({ type: "done", isSound: true, isDeployable: true });
  expect(verified.filter(({ type }) => type === "deployable").map(({ name }) => name)).toContain(
    "half-precision",
  );
  const flags = ["--name", "red", "--json", "--data-dir", data];
  const imported = await darkroom(["archive", "import", path, ...flags]);
  expect([imported.code, lines(imported.out).at(-1)]).toEqual([0, { type: "done" }]);
  expect(stored(data)).toEqual(["red"]);
  const out = join(temporaryFolder(), "red.png");
  const drawn = await darkroom(
    ["generate", "a red house", "--model", path, "--steps", "1", "--out", out, "--size", "64x64"],
    { env: { XDG_CACHE_HOME: temporaryFolder() } },
  );
  expect([drawn.code, drawn.code === 0 ? "" : drawn.err, existsSync(out)]).toEqual([0, "", true]);
});

test("everything that prevents an unusable archive from being served is reported", async () => {
  const path = written(marOf([], { serializedFile: "gone.pt" }));
  const { code, out } = await darkroom(["archive", "verify", path, "--json"]);
  const told = lines(out);
  expect([code, told.at(-1)]).toEqual([1, { type: "done", isSound: false, isDeployable: false }]);
  const failed = told.filter(({ type, outcome }) => type === "deployable" && outcome === "failed");
  expect(failed.map(({ name }) => name)).toEqual(["manifest", "layout"]);
});

test("Ctrl+C in the middle of an import leaves nothing of it", async () => {
  const [path, data] = [large(), temporaryFolder()];
  let isAsked = false;
  const run = await darkroom(["archive", "import", path, "--json", "--data-dir", data], {
    onOutput: (text, pid) => {
      const done = Number(/"doneBytes":(\d+)/.exec(text)?.[1] ?? 0);
      if (isAsked || done < 8 * MIB) return;
      isAsked = true;
      process.kill(pid, "SIGINT");
    },
  });
  expect([isAsked, run.code]).toEqual([true, 130]);
  expect(stored(data)).toEqual([]);
  const list = await darkroom(["models", "list", "--json", "--data-dir", data]);
  expect(lines(list.out).map((model) => model["id"])).toEqual(["starter"]);
  expect(stored(data)).toEqual([]);
});

async function started(
  args: readonly string[],
): Promise<{ host: HostProcess; studio: StudioClient }> {
  const host = new HostProcess(["--port", "0", ...args]);
  onTestFinished(() => host.stop("SIGKILL"));
  await host.start();
  return { host, studio: studioAt(host.origin, await tokenFor(host.url)) };
}

test("a host that is killed in the middle of an import continues it, and the model is complete", async () => {
  const [path, data] = [large(), temporaryFolder()];
  const first = await started(["--data-dir", data]);
  const { transferId } = await first.studio.models.import({ folder: path, id: "large" });
  await vi.waitFor(async () => {
    const [transfer] = await first.studio.transfers.list();
    expect(transfer?.doneBytes).toBeGreaterThan(8 * MIB);
  }, PATIENCE);
  await first.host.stop("SIGKILL");
  expect(stored(data)).not.toContain("large");
  const { host, studio } = await started(["--data-dir", data]);
  const ended = async (id: string) =>
    vi.waitFor(async () => {
      const transfer = (await studio.transfers.list()).find((one) => one.id === id);
      expect(transfer?.state).toBe("done");
    }, PATIENCE);
  await ended(transferId);
  await ended((await studio.models.verify({ id: "large" })).transferId);
  expect(stored(data)).toEqual(["large"]);
  await host.end("SIGTERM");
});

test("a host draws with the archive it is given, which is imported once", async () => {
  const [path, data] = [written(notebookMar()), temporaryFolder()];
  for (let start = 0; start < 2; start++) {
    const { host, studio } = await started(["--data-dir", data, "--model", path]);
    const models = (await studio.models.list()).map(({ id }) => id);
    const { model } = await studio.settings.get();
    expect([models, model]).toEqual([["starter", "stable-diffusion"], "stable-diffusion"]);
    expect((await studio.transfers.list()).length).toBe(start === 0 ? 1 : 0);
    await studio.transfers.clear();
    await host.end("SIGTERM");
  }
});
