import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Generation } from "../../engine/contract/generation.ts";
import type { StudioClient } from "../../engine/contract/studio-client.ts";
import { startHost } from "../../engine/host.ts";
import { codeOf, studioAt, tokenFor } from "./enter-studio.ts";

/**
 * A program that runs a studio with its listeners in a folder of a small disk, uses it like a page, and prints its
 * observations as a line of JSON. `host-on-full-disk.ts DISK bytes|files STAGE`, where the stage is
 *
 * - `draw`: three pictures are kept and one is left running;
 * - `full`: the disk is filled first, then everything is tried on it;
 * - `kill`: the same, and the process is killed at the end;
 * - `free`: the disk has space again;
 * - `queue`: the disk is filled while the first of three pictures is drawn, and has space again later.
 */
const [disk = "", what = "", stage = ""] = process.argv.slice(2);
const dataFolder = join(disk, "data");
const fillers = join(disk, "fillers");

async function visit(look: (studio: StudioClient) => Promise<object>): Promise<void> {
  const host = await startHost({ dataDir: dataFolder, host: "127.0.0.1", port: 0 });
  const studio = studioAt(host.origin, await tokenFor(host.freshAddress()));
  writeSync(1, `${JSON.stringify(await look(studio))}\n`);
  if (stage === "kill") process.kill(process.pid, "SIGKILL");
  await host.close();
}

/** By seed: the visible pictures, and those in the trash. */
async function pictures({ gallery }: StudioClient) {
  const seeds = async (isTrashed: boolean) => {
    const { days } = await gallery.names({ isTrashed, sort: "oldest" });
    const ids = days.flatMap((day) => day.ids);
    const images = ids.length === 0 ? [] : await gallery.details({ ids });
    return images.map(({ record, isMissing }) => `${record.seed}${isMissing ? " missing" : ""}`);
  };
  return { seen: await seeds(false), trashed: await seeds(true) };
}

async function idOf({ gallery }: StudioClient, seed: string): Promise<string> {
  const named = await Promise.all([false, true].map((isTrashed) => gallery.names({ isTrashed })));
  const ids = named.flatMap(({ days }) => days.flatMap((day) => day.ids));
  return (await gallery.details({ ids })).find(({ record }) => record.seed === seed)?.id ?? "";
}

/** Writes files of 4 kB until the disk is full; or empty files, of which a disk holds a limited number. */
function fill(): void {
  const content = Buffer.alloc(what === "bytes" ? 4096 : 0);
  mkdirSync(fillers, { recursive: true });
  try {
    for (;;) writeFileSync(join(fillers, randomUUID()), content);
  } catch {
    // The disk is full now.
  }
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

const isOpen = ({ state }: Generation): boolean => state === "waiting" || state === "running";

async function haveEnded({ queue }: StudioClient): Promise<boolean> {
  return !(await queue.get()).generations.some(isOpen);
}

async function draw(studio: StudioClient) {
  await studio.settings.change({ theme: "dark" });
  for (const seed of ["1", "2", "3"]) {
    await studio.generation.enqueue({ prompt: "a red ball", steps: 1, seed });
  }
  await until(() => haveEnded(studio));
  await studio.queue.pause();
  await studio.generation.enqueue({ prompt: "a red ball", steps: 1, seed: "4" });
  return pictures(studio);
}

const statesOf = async ({ queue }: StudioClient) =>
  (await queue.get()).generations.map(({ order, state }) => `${order.seed} ${state}`).toSorted();

async function lookAround(studio: StudioClient) {
  const refused = {
    enqueue: await codeOf(studio.generation.enqueue({ prompt: "a fish", steps: 1, seed: "5" })),
    settings: await codeOf(studio.settings.change({ theme: "light" })),
  };
  const [first, second] = [await idOf(studio, "1"), await idOf(studio, "2")];
  await studio.gallery.trash({ ids: [first, second] });
  await studio.gallery.restore({ ids: [second] });
  return {
    refused,
    theme: (await studio.settings.get()).theme,
    states: await statesOf(studio),
    ...(await pictures(studio)),
    trash: await codeOf(studio.gallery.trash({ ids: [second] })),
    notices: (await studio.machine.get()).notices.map(({ text }) => text),
  };
}

async function fillWhileDrawing(studio: StudioClient) {
  const ids: string[] = [];
  for (const [seed, steps] of Object.entries({ 1: 150, 2: 1, 3: 1 })) {
    const { generationIds } = await studio.generation.enqueue({ prompt: "a ball", steps, seed });
    ids.push(...generationIds);
  }
  await until(async () => (await statesOf(studio)).includes("1 running"));
  fill();
  await until(async () => (await studio.machine.get()).notices.length > 0);
  const full = {
    states: await statesOf(studio),
    notices: (await studio.machine.get()).notices.map(({ text }) => text),
  };
  rmSync(fillers, { recursive: true });
  await until(() => haveEnded(studio));
  const { state, error } = await studio.generation.get({ id: ids[0] ?? "" });
  await studio.generation.retry({ ids: ids.slice(0, 1) });
  await until(() => haveEnded(studio));
  const { notices } = await studio.machine.get();
  return {
    full,
    first: { state, error: error?.message },
    ...(await pictures(studio)),
    notices,
  };
}

/** What the disk contains about the generation that was left running. */
function stored(): string {
  const database = new DatabaseSync(join(dataFolder, "queue.sqlite"), { readOnly: true });
  const row = database
    .prepare("SELECT state FROM generation WHERE generation_order ->> 'seed' = '4'")
    .get();
  database.close();
  return String(row?.["state"]);
}

if (stage === "draw") {
  await visit(draw);
  const database = new DatabaseSync(join(dataFolder, "queue.sqlite"));
  database.exec("UPDATE generation SET state = 'running' WHERE state = 'waiting'");
  database.close();
} else if (stage === "free") {
  rmSync(fillers, { recursive: true });
  await visit(async (studio) => {
    await studio.generation.enqueue({ prompt: "a fish", steps: 1, seed: "6" });
    return { states: await statesOf(studio), ...(await pictures(studio)), stored: stored() };
  });
} else if (stage === "queue") {
  await visit(fillWhileDrawing);
} else {
  fill();
  await visit(lookAround);
}
