import { randomInt } from "node:crypto";
import { cpSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import sharp from "sharp";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Generation } from "../../engine/contract/generation.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { chance } from "../fakes/chance.ts";
import { studioAt, tokenFor } from "../fakes/enter-studio.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const PATIENCE = { timeout: 240_000, interval: 100 };
const STARTER = resolve("assets/starter/snapshot");
const SMALL = { prompt: "a red ball", seed: "7", width: 64, height: 64 };

/** Sizes in pixels of a sheet whose cells are at least as wide as labels need. */
const [CELL, GAP, MARGIN] = [96, 8, 24];

/** A host of a folder that can be killed and started again. */
class Restarted {
  readonly folder: string;
  #host: HostProcess | undefined;
  #token: string | undefined;

  constructor(folder = temporaryFolder()) {
    this.folder = folder;
    onTestFinished(() => this.#host?.stop("SIGKILL"));
  }

  async start(): Promise<StudioClient> {
    const host = new HostProcess(["--port", "0", "--data-dir", this.folder]);
    this.#host = host;
    await host.start();
    this.#token ??= await tokenFor(host.url);
    return studioAt(host.origin, this.#token);
  }

  async stop(signal: "SIGKILL" | "SIGTERM" = "SIGKILL"): Promise<void> {
    await this.#host?.stop(signal);
  }

  /** The file of a picture in the gallery. */
  file(name: string): Buffer {
    const gallery = join(this.folder, "gallery");
    const all = readdirSync(gallery, { recursive: true, encoding: "utf8" });
    const [found, ...others] = all.filter((path) => path.endsWith(".png") && path.includes(name));
    if (found === undefined || others.length > 0) throw new Error(`not one file is ${name}`);
    return readFileSync(join(gallery, found));
  }
}

async function rows({ queue }: StudioClient): Promise<readonly Generation[]> {
  return (await queue.get()).generations;
}

async function statesOf(studio: StudioClient, ids: readonly string[]): Promise<readonly string[]> {
  const all = new Map((await rows(studio)).map((row) => [row.id, row.state]));
  return ids.map((id) => all.get(id) ?? "lost");
}

async function until(studio: StudioClient, ids: readonly string[], states: readonly string[]) {
  await vi.waitFor(async () => expect(await statesOf(studio, ids)).toEqual(states), PATIENCE);
}

async function sheetsOf({ gallery }: StudioClient): Promise<readonly string[]> {
  const { days } = await gallery.names({});
  return days.flatMap(({ ids }) => ids).filter((id) => id.startsWith("grid-"));
}

/** Which cells of the only sheet show a picture, row by row; a missing one is as white as the paper. */
async function shown(host: Restarted, studio: StudioClient, columns: number, rowCount: number) {
  const [id = "", ...others] = await sheetsOf(studio);
  expect(others).toEqual([]);
  const { fileName } = await studio.gallery.get({ id });
  const { data, info } = await sharp(host.file(fileName))
    .raw()
    .toBuffer({ resolveWithObject: true });
  const middle = (size: number, count: number, at: number) =>
    size - MARGIN - CELL / 2 - (count - 1 - at) * (CELL + GAP);
  return Array.from({ length: columns * rowCount }, (_, i) => {
    const x = middle(info.width, columns, i % columns);
    const y = middle(info.height, rowCount, Math.floor(i / columns));
    const at = (y * info.width + x) * info.channels;
    return data.subarray(at, at + 3).some((value) => value < 255);
  });
}

/** A grid of two columns and two rows; its second column takes longer. */
async function askForGrid({ generation }: StudioClient, steps = ["2", "60"]) {
  const x = { setting: "steps", values: steps } as const;
  const y = { setting: "seed", values: ["3", "4"] } as const;
  const grid = { x: { ...x, values: [...x.values] }, y: { ...y, values: [...y.values] } };
  return (await generation.enqueueGrid({ request: SMALL, grid })).generationIds;
}

test("after kill -9 in mid-grid the rest is drawn, and the retried cell comes onto the sheet", async () => {
  const host = new Restarted();
  const before = await host.start();
  const ids = await askForGrid(before);
  await until(before, ids, ["done", "running", "waiting", "waiting"]);
  await host.stop();

  const studio = await host.start();
  await until(studio, ids, ["done", "interrupted", "done", "done"]);
  const cells = () => shown(host, studio, 2, 2);
  await vi.waitFor(async () => expect(await cells()).toEqual([true, false, true, true]), PATIENCE);
  await studio.generation.retry({ ids: [ids[1] ?? ""] });
  await until(studio, ids, ["done", "done", "done", "done"]);
  await vi.waitFor(async () => expect(await cells()).toEqual([true, true, true, true]), PATIENCE);
});

test("cancelled cells are blank on the sheet until they are drawn", async () => {
  const host = new Restarted();
  const studio = await host.start();
  const ids = await askForGrid(studio);
  await until(studio, ids, ["done", "running", "waiting", "waiting"]);
  const [running = "", last = ""] = [ids[1], ids[3]];
  await studio.generation.cancel({ ids: [running, last] });
  await until(studio, ids, ["done", "cancelled", "done", "cancelled"]);
  const cells = () => shown(host, studio, 2, 2);
  await vi.waitFor(async () => expect(await cells()).toEqual([true, false, true, false]), PATIENCE);
  for (const [id, expected] of [
    [last, [true, false, true, true]],
    [running, [true, true, true, true]],
  ] as const) {
    await studio.generation.retry({ ids: [id] });
    await vi.waitFor(async () => expect(await cells()).toEqual(expected), PATIENCE);
  }
});

test("cells that failed are drawn by a retry, once their cause is gone", async () => {
  const host = new Restarted();
  const [copy, away] = [join(host.folder, "models/copy"), join(host.folder, "away")];
  cpSync(STARTER, copy, { recursive: true });
  const studio = await host.start();
  await studio.queue.pause();
  const grid = {
    x: { setting: "model" as const, values: ["starter", "copy"] },
    y: { setting: "seed" as const, values: ["3", "4"] },
  };
  const request = { ...SMALL, steps: 2 };
  const { generationIds: ids } = await studio.generation.enqueueGrid({ request, grid });
  renameSync(copy, away);
  await studio.queue.resume();
  // Column by column, so that each model is loaded once.
  await until(studio, ids, ["done", "done", "failed", "failed"]);
  const cells = () => shown(host, studio, 2, 2);
  await vi.waitFor(async () => expect(await cells()).toEqual([true, false, true, false]), PATIENCE);
  renameSync(away, copy);
  await studio.generation.retry({ ids: ids.slice(2) });
  await vi.waitFor(async () => expect(await cells()).toEqual([true, true, true, true]), PATIENCE);
});

test("a sheet is not replaced by one with fewer pictures after its cells left the queue", async () => {
  const host = new Restarted();
  const before = await host.start();
  const ids = await askForGrid(before);
  await until(before, ids, ["done", "running", "waiting", "waiting"]);
  await before.generation.cancel({ ids: ids.slice(1) });
  await vi.waitFor(
    async () => expect(await shown(host, before, 2, 2)).toEqual([true, false, false, false]),
    PATIENCE,
  );
  await before.generation.prune({ ids: ids.slice(0, 1) });
  await host.stop();

  const studio = await host.start();
  await studio.generation.retry({ ids: ids.slice(2, 3) });
  await until(studio, ids, ["lost", "cancelled", "done", "cancelled"]);
  // Its end waits for sheets that are being drawn.
  await host.stop("SIGTERM");
  expect(await shown(host, await host.start(), 2, 2)).toEqual([true, false, false, false]);
});

test("killed again and again while grids are drawn: each cell is drawn, and one sheet has them all", async () => {
  const seed = Number(process.env["KILL_SEED"] ?? randomInt(2 ** 31));
  process.stdout.write(`KILL_SEED=${seed}\n`);
  const random = chance(seed);
  const host = new Restarted();
  let studio = await host.start();
  const ids = await askForGrid(studio, ["3", "4"]);
  for (let round = 0; round < 6; round++) {
    await pause(random() * 2500);
    await host.stop();
    studio = await host.start();
    const cut = (await rows(studio)).filter(({ state }) => state === "interrupted");
    if (cut.length > 0) await studio.generation.retry({ ids: cut.map(({ id }) => id) });
  }
  await until(studio, ids, ["done", "done", "done", "done"]);
  await vi.waitFor(
    async () => expect(await shown(host, studio, 2, 2)).toEqual([true, true, true, true]),
    PATIENCE,
  );
  expect((await studio.gallery.names({})).total).toBe(5);
  const left = readdirSync(host.folder, { recursive: true, encoding: "utf8" });
  expect(left.filter((name) => name.endsWith(".part"))).toEqual([]);
});
