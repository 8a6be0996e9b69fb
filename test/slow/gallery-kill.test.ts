import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { sweepFolder } from "../../engine/files/unfinished.ts";
import type { Gallery } from "../../engine/gallery/gallery.ts";
import type { StoredImage } from "../../engine/gallery/image-row.ts";
import { openGallery } from "../fakes/gallery.ts";
import { MEGABYTE_SIDE, noisePng, pictureHash } from "../fakes/noise-png.ts";
import { temporaryFolder } from "../fakes/temporary-folder.ts";

const SMALL_SIDE = 20;
const WHOLE = new Set([MEGABYTE_SIDE, SMALL_SIDE].map((side) => pictureHash(noisePng(side))));
const WRITER = join(import.meta.dirname, "../fakes/gallery-writer.ts");
const DYING = join(import.meta.dirname, "../fakes/dying-files.ts");

/** Node's compile cache, which saves half of each writer's time. */
const compiled = mkdtempSync(join(tmpdir(), "darkroom-compiled-"));
afterAll(() => rmSync(compiled, { recursive: true, force: true }));

interface Death {
  /** The writer's output before it died, line by line. */
  readonly lines: readonly string[];
  readonly points: readonly string[];
  readonly signal: string | null;
}

interface Life {
  readonly mode: "gallery" | "plain";
  readonly side?: number;
  readonly first?: number;
  readonly count?: number;
  /** The writer is killed this many milliseconds after it has printed this many lines. */
  readonly kill?: { readonly afterLines: number; readonly thenMs: number };
  readonly dieAt?: number;
}

/** Lets the writer work until it is killed, dies at a point, or is done. */
async function write(folder: string, life: Life): Promise<Death> {
  const { mode, side = MEGABYTE_SIDE, first = 0, count = 1e9, kill, dieAt } = life;
  const numbers = [side, first, count].map(String);
  const args = ["--import", DYING, WRITER, folder, mode, ...numbers];
  const dying = dieAt === undefined ? {} : { DIE_AT: String(dieAt) };
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled, ...dying };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [lines, points]: [string[], string[]] = [[], []];
  createInterface({ input: child.stderr }).on("line", (line) => points.push(line));
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    if (lines.length === kill?.afterLines) setTimeout(() => child.kill("SIGKILL"), kill.thenMs);
  });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  child.on("close", (_, signal) => resolve(signal));
  return { signal: await promise, lines, points };
}

interface Deed {
  readonly did: string;
  readonly doing?: string;
}

/** What was confirmed about each picture, and what was started and may or may not have happened. */
function acknowledgedOf(lines: readonly string[]): Map<string, Deed> {
  const pictures = new Map<string, Deed>();
  for (const line of lines) {
    const [state, what = "", name = "", id = name] = line.split(" ");
    if (state === "did") pictures.set(id, { did: what });
    else if (what !== "add") pictures.set(id, { did: pictures.get(id)?.did ?? "", doing: what });
  }
  return pictures;
}

const isWhole = (file: string) => {
  const hash = pictureHash(readFileSync(file));
  return hash !== undefined && WHOLE.has(hash);
};

const pngsIn = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
        name.endsWith(".png"),
      )
    : [];

/** Everything that must hold after any death, as sentences about what does not. */
async function faultsOf(
  folder: string,
  gallery: Gallery,
  lines: readonly string[],
): Promise<string[]> {
  const acknowledged = acknowledgedOf(lines);
  const shown = await gallery.details(gallery.names().days.flatMap(({ ids }) => ids));
  const trash = gallery.names({ isTrashed: true }).days.flatMap(({ ids }) => ids);
  const trashed = await gallery.details(trash);
  const images = new Map([...shown, ...trashed].map((image) => [image.id, image]));
  // A file that is deleted permanently may disappear before its row.
  const isWithoutFile = (image: StoredImage) =>
    image.isMissing && acknowledged.get(image.id)?.doing === "delete";
  const withFiles = [...images.values()].filter((image) => !isWithoutFile(image));
  const rows = { gallery: shown.length, trash: withFiles.length - shown.length };
  return [
    ...[...acknowledged].flatMap(([id, deed]) => lossesOf(id, deed, images.get(id))),
    ...withFiles.flatMap((image) => damageOf(image, gallery)),
    ...Object.entries(rows).flatMap(([name, count]) => {
      const files = pngsIn(join(folder, name)).length;
      return files === count ? [] : [`${files} files for ${count} rows of the ${name}`];
    }),
    ...readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".part"))
      .map((name) => `${name} was not swept`),
  ];
}

function lossesOf(id: string, { did, doing }: Deed, image: StoredImage | undefined): string[] {
  const mayBe = (what: string) => did === what || doing === what;
  if (image === undefined) return mayBe("delete") ? [] : [`${id}: lost after ${did}`];
  const { isTrashed, isStarred } = image;
  if (isTrashed && !mayBe("trash")) return [`${id}: trashed after ${did}`];
  if (!isTrashed && did === "trash" && doing !== "restore") return [`${id}: not trashed`];
  return !isStarred && ["star", "trash", "restore"].includes(did) ? [`${id}: star lost`] : [];
}

function damageOf({ id, isMissing }: StoredImage, gallery: Gallery): string[] {
  if (isMissing) return [`${id}: its file is gone`];
  return isWhole(gallery.fileOf(id)) ? [] : [`${id}: torn`];
}

async function settledFaults(
  folder: string,
  lines: readonly string[],
  isEmptied = false,
): Promise<string[]> {
  // As the owner of the folder does before anything in it is opened.
  await sweepFolder(folder);
  const gallery = await openGallery(folder, {
    settings: () => ({ fileNamePattern: "{date}/{prompt}" }),
  });
  try {
    const faults = await faultsOf(folder, gallery, lines);
    if (isEmptied) {
      await gallery.trash(gallery.names().days.flatMap(({ ids }) => ids));
      await gallery.emptyTrash();
    }
    return faults;
  } finally {
    await gallery.close();
  }
}

/** `KILLS=100` is what is promised; the default of forty meets every line of a cycle twice, in two fifths of the time. */
const ROUNDS = Number(process.env["KILLS"] ?? 40);

/** Moments spread over a cycle of actions. */
const momentOf = (round: number) => ({ afterLines: 1 + (round % 16), thenMs: (round * 37) % 41 });

test(`killed ${ROUNDS} times at any moment, nothing is torn and nothing confirmed is lost`, async () => {
  const folder = temporaryFolder();
  let deeds = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { lines, signal, points } = await write(folder, {
      mode: "gallery",
      first: round,
      kill: momentOf(round),
    });
    expect(signal, points.slice(-20).join("\n")).toBe("SIGKILL");
    expect(await settledFaults(folder, lines, true)).toEqual([]);
    deeds += lines.filter((line) => line.startsWith("did")).length;
  }
  expect(deeds).toBeGreaterThan(ROUNDS);
});

test("the same test finds torn pictures if a program writes them carelessly", async () => {
  const folder = temporaryFolder();
  let torn = 0;
  for (let round = 0; round < 100 && torn === 0; round++) {
    await write(folder, { mode: "plain", kill: momentOf(round) });
    torn += pngsIn(folder).filter((name) => !isWhole(join(folder, name))).length;
    for (const name of pngsIn(folder)) rmSync(join(folder, name));
  }
  expect(torn).toBeGreaterThan(0);
});

test("killed at every single disk operation, nothing is torn and nothing confirmed is lost", async () => {
  const cycle = { mode: "gallery", side: SMALL_SIDE, count: 2 } as const;
  const { points, signal } = await write(temporaryFolder(), cycle);
  expect(signal).toBeNull();
  expect(points.length).toBeGreaterThan(100);
  const left = [...points.entries()];
  const faults: string[] = [];
  const dieInTurn = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [dieAt, name] = next;
      const folder = join(root, String(dieAt));
      mkdirSync(folder);
      const death = await write(folder, { ...cycle, dieAt });
      // Ids are random: once in 256 runs a thumbnail's folder exists already and need not be synced.
      const isPastEnd = dieAt >= points.length - 2;
      const found = death.signal === "SIGKILL" || isPastEnd ? [] : ["it did not die"];
      found.push(...(await settledFaults(folder, death.lines)));
      faults.push(...found.map((fault) => `${dieAt} ${name}: ${fault}`));
      rmSync(folder, { recursive: true });
    }
  };
  const root = temporaryFolder();
  await Promise.all([dieInTurn(), dieInTurn()]);
  expect(faults).toEqual([]);
});
