import { randomInt } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import type { Transfer } from "../../engine/contract/transfers.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { chance } from "../fakes/chance.ts";
import { studioAt, tokenFor } from "../fakes/enter-studio.ts";
import { openGallery, picture } from "../fakes/gallery.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const KILLS = 20;
const PATIENCE = { timeout: 120_000, interval: 50 };
const STARTER = resolve("assets/starter/snapshot");

const seed = Number(process.env["KILL_SEED"] ?? randomInt(2 ** 31));
const random = chance(seed);
process.stdout.write(`KILL_SEED=${seed}\n`);

interface Trial {
  /** Maximum number of milliseconds between the request and the kill. */
  readonly longestMs: number;
  /** Requests work before each kill; what it learns before the kill is confirmed. */
  readonly ask: (studio: StudioClient, round: number) => Promise<void>;
  /** Called while no host runs. */
  readonly between?: (round: number) => void;
}

/**
 * Kills hosts of the folder again and again while they work, and returns the studio of the last one, which stays alive.
 */
async function killWhile(folder: string, { longestMs, ask, between }: Trial) {
  let token: string | undefined;
  const enter = async () => {
    const left = unfinishedIn(folder);
    const host = new HostProcess(["--port", "0", "--data-dir", folder]);
    onTestFinished(() => host.stop("SIGKILL"));
    await host.start();
    token ??= await tokenFor(host.url);
    // Anything that this host writes itself has another name.
    await vi.waitFor(
      () => expect(left.filter((name) => existsSync(join(folder, name)))).toEqual([]),
      PATIENCE,
    );
    return { host, studio: studioAt(host.origin, token) };
  };
  for (let round = 0; round < KILLS; round++) {
    between?.(round);
    const { host, studio } = await enter();
    let isKilled = false;
    const asking = ask(studio, round).catch((error: unknown) => {
      if (!isKilled) throw error;
    });
    await pause(random() * longestMs);
    isKilled = true;
    await host.stop("SIGKILL");
    await asking;
  }
  return enter();
}

function unfinishedIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".part"));
}

/** Ends the host like the system, and returns what is wrong with the data it leaves. */
async function faultsAfter(host: HostProcess, folder: string): Promise<unknown[]> {
  const code = await host.end("SIGTERM");
  const verdicts = ["queue.sqlite", "gallery.sqlite"].map((name) => {
    const database = new DatabaseSync(join(folder, name), { readOnly: true });
    const verdict = database.prepare("PRAGMA integrity_check").get()?.["integrity_check"];
    database.close();
    return { name, verdict };
  });
  return [
    ...(code === 0 ? [] : [`it ended with ${code}`]),
    ...verdicts.filter(({ verdict }) => verdict !== "ok"),
    ...unfinishedIn(folder),
  ];
}

const idsOf = async ({ gallery }: StudioClient) =>
  (await gallery.names({})).days.flatMap(({ ids }) => ids).toSorted();

test("20 kills while a queue is drawn: everything requested is drawn, each once", async () => {
  const folder = temporaryFolder();
  const asked: string[] = [];
  const { host, studio } = await killWhile(folder, {
    longestMs: 1500,
    ask: async ({ generation }, round) => {
      const steps = 1 + (round % 2);
      const request = { prompt: "a red ball", steps, width: 64, height: 64, count: 2 };
      asked.push(...(await generation.enqueue(request)).generationIds);
    },
  });
  const ids = await vi.waitFor(async () => {
    const { generations } = await studio.queue.get();
    const cut = generations.filter(({ state }) => state === "interrupted").map(({ id }) => id);
    if (cut.length > 0) await studio.generation.retry({ ids: cut });
    expect(generations.filter(({ state }) => state !== "done")).toEqual([]);
    return generations.map(({ id }) => id).toSorted();
  }, PATIENCE);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((id) => !ids.includes(id))).toEqual([]);
  expect(await idsOf(studio)).toEqual(ids);
  expect(await faultsAfter(host, folder)).toEqual([]);
  const files = readdirSync(join(folder, "gallery"), { recursive: true, encoding: "utf8" });
  expect(files.filter((name) => name.endsWith(".png")).length).toBe(ids.length);
});

test("20 kills while the gallery is rebuilt: every picture is there, each once, with its star", async () => {
  const folder = temporaryFolder();
  const gallery = await openGallery(folder);
  const ids: string[] = [];
  for (let i = 0; i < 250; i++) ids.push((await gallery.add(picture({ seed: String(i) }))).id);
  const starred = ids.slice(0, 20);
  await gallery.star(starred, true);
  await gallery.close();
  const { host, studio } = await killWhile(folder, {
    longestMs: 300,
    // Every third time, the index is built from nothing.
    between: (round) => {
      if (round % 3 > 0) return;
      for (const end of ["", "-wal", "-shm"]) {
        rmSync(join(folder, `gallery.sqlite${end}`), { force: true });
      }
    },
    ask: async (reached) => {
      await reached.gallery.rebuild();
    },
  });
  await vi.waitFor(async () => expect(await idsOf(studio)).toEqual(ids.toSorted()), PATIENCE);
  const images = await studio.gallery.details({ ids });
  const stars = images.filter(({ isStarred }) => isStarred).map(({ id }) => id);
  expect(stars.toSorted()).toEqual(starred.toSorted());
  expect(await faultsAfter(host, folder)).toEqual([]);
});

test("20 kills while models are imported: each is complete, once, and nothing half done stays", async () => {
  const folder = temporaryFolder();
  const sources = temporaryFolder();
  /** Importing the same files twice would be refused, so each copy contains its own id. */
  const starterOf = (id: string): string => {
    const copy = join(sources, id);
    cpSync(STARTER, copy, { recursive: true });
    const config = join(copy, "scheduler/scheduler_config.json");
    const content = JSON.parse(readFileSync(config, "utf8")) as object;
    writeFileSync(config, JSON.stringify({ ...content, _name: id }));
    return copy;
  };
  const asked: string[] = [];
  const { host, studio } = await killWhile(folder, {
    longestMs: 800,
    ask: async ({ models }, round) => {
      const id = `ball-${round}`;
      await models.import({ folder: starterOf(id), id });
      asked.push(id);
    },
  });
  await vi.waitFor(async () => {
    const isOver = ({ state }: Transfer) => state === "done";
    expect((await studio.transfers.list()).filter((one) => !isOver(one))).toEqual([]);
  }, PATIENCE);
  const stored = (await studio.models.list()).map(({ id }) => id).filter((id) => id !== "starter");
  expect(new Set(stored).size).toBe(stored.length);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((id) => !stored.includes(id))).toEqual([]);
  expect(await faultsAfter(host, folder)).toEqual([]);
  expect(readdirSync(join(folder, "models")).toSorted()).toEqual(stored.toSorted());
  const weights = "unet/diffusion_pytorch_model.safetensors";
  const whole = readFileSync(join(STARTER, weights));
  const isTorn = (id: string) => !readFileSync(join(folder, "models", id, weights)).equals(whole);
  expect(stored.filter(isTorn)).toEqual([]);
});
