/**
 * Measures Generate beside a gallery of many pictures: `node test/bench/generate-page.ts [--pictures N] [--folder DIR]`.
 * A real host with a real index, in real Chromium; `--pictures 1` gives the times to compare with. Delays are from a key
 * until the frame that shows its effect is painted. DIR keeps the gallery for the next run.
 */
import type { Page } from "@playwright/test";
import { call } from "../e2e/remote-studio.ts";
import { frameTimes, measureWithGallery, print, times } from "./page-with-gallery.ts";

const ROUNDS = 5;
/** Pictures of the session strip. */
const SESSION = 24;
const WORDS = "a lighthouse on a rocky coast at dusk, watercolour";
const DRAWN_MS = 4000;

/** Runs in the page: notes the delay of every key, and the time of every frame. */
function watch(): void {
  const delays: number[] = [];
  const frames: number[] = [];
  const afterPaint = (then: () => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", then, { once: true });
      port1.start();
      port2.postMessage(undefined);
    });
  Object.assign(globalThis, { delays, frames, afterPaint });
  addEventListener(
    "keydown",
    ({ timeStamp }) => afterPaint(() => delays.push(performance.now() - timeStamp)),
    { capture: true },
  );
  const look = (at: number) => {
    frames.push(at);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** What was noted since the last call. */
function noted(page: Page, what: "delays" | "frames"): Promise<readonly number[]> {
  return page.evaluate((name) => (Reflect.get(globalThis, name) as number[]).splice(0), what);
}

async function keyDelays(page: Page, what: string, work: () => Promise<void>): Promise<void> {
  await noted(page, "delays");
  await noted(page, "frames");
  await work();
  await page.waitForTimeout(300);
  print(what, times(await noted(page, "delays")));
  print("  frames meanwhile", frameTimes(await noted(page, "frames")));
}

/** Milliseconds from the address until there is content, and until Generate can be pressed. */
async function open(page: Page, origin: string): Promise<{ paint: number; ready: number }> {
  await page.goto(`${origin}/generate`, { waitUntil: "commit" });
  const ready = await page.waitForFunction(() => {
    const buttons = [...document.querySelectorAll("button")];
    const isReady = buttons.some((one) => one.textContent === "Generate" && !one.disabled);
    return isReady && performance.now();
  });
  const paint = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
  );
  return { paint, ready: Number(await ready.jsonValue()) };
}

/** Gives the session strip its pictures. */
async function fillSession(page: Page): Promise<void> {
  const order = { prompt: WORDS, width: 64, height: 64, steps: 1, count: SESSION };
  await call(page, "generation/enqueue", order);
  const strip = page.getByRole("listbox", { name: "This session" });
  const done = strip.getByRole("option", { name: WORDS, exact: true });
  while ((await done.count()) < SESSION) await page.waitForTimeout(200);
}

/** Milliseconds from the key of the palette until its search field has the focus in a painted frame. */
async function openPalette(page: Page): Promise<number> {
  await page.evaluate(() => {
    const afterPaint = Reflect.get(globalThis, "afterPaint") as (then: () => void) => void;
    Reflect.set(globalThis, "opened", undefined);
    const note = ({ timeStamp, key }: KeyboardEvent) => {
      if (key !== "k") return;
      removeEventListener("keydown", note, { capture: true });
      const look = () =>
        afterPaint(() => {
          if (document.activeElement?.getAttribute("role") !== "combobox") look();
          else Reflect.set(globalThis, "opened", performance.now() - timeStamp);
        });
      look();
    };
    addEventListener("keydown", note, { capture: true });
  });
  await page.keyboard.press("Control+k");
  const opened = await page.waitForFunction(() => Reflect.get(globalThis, "opened"));
  return Number(await opened.jsonValue());
}

async function measure(page: Page, origin: string): Promise<void> {
  await page.addInitScript(watch);
  const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
  const skip = page.getByRole("button", { name: "Skip" });
  await skip.or(prompt).first().waitFor();
  if (await skip.isVisible()) await skip.click();
  await prompt.fill(WORDS);
  // The form is saved a moment after it was changed.
  await page.waitForTimeout(2000);
  await page.reload();
  await fillSession(page);
  const opened = [];
  for (let round = 0; round < ROUNDS; round++) opened.push(await open(page, origin));
  print("first content, after the address was entered", times(opened.map(({ paint }) => paint)));
  print("Generate can be pressed", times(opened.map(({ ready }) => ready)));
  const pictures = page.getByRole("listbox", { name: "This session" }).getByRole("option");
  await pictures.nth(SESSION - 1).waitFor({ state: "attached" });

  await prompt.press("End");
  await keyDelays(page, "typing in the prompt", () =>
    prompt.pressSequentially(`, ${WORDS}`, { delay: 40 }),
  );
  await pictures.first().click();
  await keyDelays(page, "along the session strip", async () => {
    for (let i = 1; i < SESSION; i++) await page.keyboard.press("ArrowRight", { delay: 60 });
  });
  const palettes = [];
  for (let round = 0; round < ROUNDS; round++) {
    palettes.push(await openPalette(page));
    if (round === 0)
      await keyDelays(page, "typing in the palette", () =>
        page.keyboard.type("golden lighthouse", { delay: 40 }),
      );
    await page.keyboard.press("Escape");
    await page.waitForTimeout(300);
  }
  print("until the palette is open", times(palettes));

  const running = await call(page, "generation/enqueue", { prompt: "a long run", steps: 1000 });
  await page.getByRole("option", { name: "a long run, being drawn" }).click();
  await page.getByText(/^Step \d+ of 1000$/).waitFor();
  await noted(page, "frames");
  await page.waitForTimeout(DRAWN_MS);
  print("while a picture is drawn", frameTimes(await noted(page, "frames")));
  await call(page, "generation/cancel", { ids: Reflect.get(Object(running), "generationIds") });
  const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
  print("elements of the page", String(nodes));
}

await measureWithGallery(measure);
