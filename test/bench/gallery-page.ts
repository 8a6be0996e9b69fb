/**
 * Measures the cost of a gallery of many pictures in the page: `node test/bench/gallery-page.ts [--pictures N]
 * [--folder DIR]`. A real host with a real index, in real Chromium. It counts, in every frame, the parts of the view
 * without a row and the tiles without a picture. DIR keeps the gallery for the next run.
 */
import type { Page } from "@playwright/test";
import { frameTimes, measureWithGallery, print, times } from "./page-with-gallery.ts";

const ROUNDS = 5;
const WHEEL_MS = 4000;

/** The content of one frame. */
interface Frame {
  readonly at: number;
  /** Pixels of the view's height that no row covers. */
  readonly bare: number;
  /** Tiles in view whose picture has not loaded yet. */
  readonly waiting: number;
}

/** Runs in the page: observes every frame until it is stopped. */
function watch(): void {
  const frames: Frame[] = [];
  Object.assign(globalThis, { seen: frames, isWatching: true });
  const look = (at: number) => {
    const grid = document.querySelector('[role="grid"]');
    if (grid) {
      const view = grid.getBoundingClientRect();
      const isSeen = ({ top, bottom }: DOMRect) => bottom > view.top && top < view.bottom;
      let covered = view.top;
      const rows = [...grid.querySelectorAll('[role="row"]')].map((row) =>
        row.getBoundingClientRect(),
      );
      let bare = 0;
      for (const row of rows.filter(isSeen).toSorted((a, b) => a.top - b.top)) {
        // There is a gap between lines of tiles.
        bare += Math.max(0, row.top - covered - 4);
        covered = Math.max(covered, row.bottom);
      }
      const isEnd = grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 100;
      if (!isEnd) bare += Math.max(0, view.bottom - covered - 4);
      const waiting = [...grid.querySelectorAll('[role="gridcell"]')].filter((cell) => {
        const image = cell.querySelector("img");
        const isThere = image?.complete === true && image.naturalWidth > 0;
        return isSeen(cell.getBoundingClientRect()) && !isThere;
      }).length;
      frames.push({ at, bare, waiting });
    }
    if (Reflect.get(globalThis, "isWatching") === true) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function watched(page: Page, work: () => Promise<void>): Promise<readonly Frame[]> {
  await page.evaluate(watch);
  await work();
  return watchedFrames(page);
}

function watchedFrames(page: Page): Promise<readonly Frame[]> {
  return page.evaluate(() => {
    Reflect.set(globalThis, "isWatching", false);
    return Reflect.get(globalThis, "seen") as Frame[];
  });
}

function report(what: string, frames: readonly Frame[]): void {
  const bare = frames.filter((frame) => frame.bare > 0);
  const waiting = frames.filter((frame) => frame.waiting > 0);
  print(
    what,
    `${frameTimes(frames.map(({ at }) => at))}; blank ${bare.length} frames; ` +
      `without picture yet ${waiting.length} frames, at most ${Math.max(...frames.map((f) => f.waiting))} tiles`,
  );
}

async function firstPaint(
  page: Page,
  origin: string,
): Promise<{ tiles: number; pictures: number }> {
  await page.goto(`${origin}/gallery`, { waitUntil: "commit" });
  await page.waitForFunction(() => {
    const frames = Reflect.get(globalThis, "seen") as Frame[] | undefined;
    return frames?.at(-1)?.waiting === 0 && frames.at(-1)?.bare === 0;
  });
  const frames = await watchedFrames(page);
  const tiles = frames.find(({ bare }) => bare === 0)?.at ?? 0;
  const pictures = frames.find(({ bare, waiting }) => bare === 0 && waiting === 0)?.at ?? 0;
  return { tiles, pictures };
}

/** Turns the wheel at a speed in pixels a second. */
async function wheel(page: Page, speed: number): Promise<void> {
  const start = performance.now();
  let sent = 0;
  while (performance.now() - start < WHEEL_MS) {
    const due = ((performance.now() - start) / 1000) * speed;
    await page.mouse.wheel(0, due - sent);
    sent = due;
    await page.waitForTimeout(8);
  }
  await page.waitForTimeout(300);
}

/** Milliseconds from a jump until every picture there is shown. */
async function jump(page: Page, share: number): Promise<number> {
  const frames = await watched(page, async () => {
    await page.evaluate((share) => {
      const grid = document.querySelector('[role="grid"]');
      if (grid) grid.scrollTop = share * grid.scrollHeight;
    }, share);
    await page.waitForTimeout(50);
    await page.waitForFunction(() => {
      const frames = Reflect.get(globalThis, "seen") as Frame[];
      return frames.at(-1)?.waiting === 0;
    });
  });
  const last = frames.findLastIndex(({ waiting }) => waiting > 0);
  return (frames[last + 1]?.at ?? 0) - frames[0]!.at;
}

async function measure(page: Page, origin: string): Promise<void> {
  await page.addInitScript(watch);
  const paints = [];
  for (let round = 0; round < ROUNDS; round++) paints.push(await firstPaint(page, origin));
  print("rows in view, after the address was entered", times(paints.map(({ tiles }) => tiles)));
  print("every picture in view", times(paints.map(({ pictures }) => pictures)));
  const grid = page.getByRole("grid", { name: "Gallery" });
  await grid.hover();
  for (const speed of [1500, 4000, 12_000])
    report(`wheel, ${speed} px/s`, await watched(page, () => wheel(page, speed)));
  const jumps = [];
  for (const share of [0.3, 0.9, 0.5, 0.1, 0.7]) jumps.push(await jump(page, share));
  print("scroll bar dragged elsewhere, until pictures", times(jumps));
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  print("elements of the page", String(nodes));
}

await measureWithGallery(measure);
