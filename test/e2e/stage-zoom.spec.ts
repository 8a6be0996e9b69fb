import type { CDPSession, Locator, Page } from "@playwright/test";
import { expect, test } from "./studio-test.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

const SIDE = 256;

async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  if (box === null) throw new Error("it is not shown");
  return box;
}

/** Draws one picture of SIDE pixels and returns the part of the page that shows it. */
async function drawOne(page: Page, prompt: string): Promise<Locator> {
  for (const side of ["Width", "Height"])
    await page.getByRole("spinbutton", { name: side }).fill(String(SIDE));
  await page.getByRole("spinbutton", { name: "Steps" }).fill("1");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await expect(stage.getByText(`${SIDE} × ${SIDE}`)).toBeVisible();
  return stage;
}

/** The stage's picture, and the point over which the mouse and the fingers are. */
class Subject {
  readonly stage: Locator;
  readonly #picture: Locator;

  constructor(stage: Locator) {
    this.stage = stage;
    // While it fades in, the last preview is there as well.
    this.#picture = stage.getByRole("img", { name: /pixels$/ });
  }

  box(): Promise<Box> {
    return boxOf(this.#picture);
  }

  async width(): Promise<number> {
    return (await this.box()).width;
  }

  /** A point of the picture, by its share of the sides. */
  async at(share: Point): Promise<Point> {
    const { x, y, width, height } = await this.box();
    return { x: x + share.x * width, y: y + share.y * height };
  }

  /** A point of the picture is at a point of the page, within a pixel. */
  async expectAt(share: Point, point: Point): Promise<void> {
    await expect
      .poll(async () => {
        const { x, y } = await this.at(share);
        return Math.hypot(x - point.x, y - point.y);
      })
      .toBeLessThan(1);
  }

  async expectWidth(width: number, within = 1): Promise<void> {
    await expect
      .poll(async () => Math.abs((await this.width()) - width))
      .toBeLessThanOrEqual(within);
  }
}

/** Two fingers beside a point change their distance and move their midpoint. */
async function pinch(
  cdp: CDPSession,
  at: Point,
  { from, to, moved = 0 }: { from: number; to: number; moved?: number },
): Promise<void> {
  const fingers = (done: number) => {
    const [x, y] = [at.x + done * moved, at.y + done * moved];
    const half = (from + (to - from) * done) / 2;
    return [
      { x: x - half, y, id: 1 },
      { x: x + half, y, id: 2 },
    ];
  };
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: object[]) =>
    cdp.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints as Point[] });
  await touch("touchStart", fingers(0).slice(0, 1));
  await touch("touchStart", fingers(0));
  for (let step = 1; step <= 8; step++) await touch("touchMove", fingers(step / 8));
  await touch("touchEnd", []);
}

test("the stage's picture is zoomed by wheel, fingers, touchpad, double click, keys and button", async ({
  studio: { page },
}) => {
  const stage = await drawOne(page, "a red fish");
  const subject = new Subject(stage);
  const fitted = await subject.box();
  const share = { x: 0.4, y: 0.45 };
  const toFull = stage.getByRole("button", { name: /^Shown at/ });
  const toFit = stage.getByRole("button", { name: /Fit to the stage$/ });
  const cdp = await page.context().newCDPSession(page);

  // What is under the mouse stays there; 400 pixels of the wheel double the size.
  const start = await subject.at(share);
  await page.mouse.move(start.x, start.y);
  await page.mouse.wheel(0, -400);
  await subject.expectWidth(2 * fitted.width);
  await subject.expectAt(share, start);
  // Dragging moves it, and never further than its edge.
  await page.mouse.down();
  await page.mouse.move(start.x + 30, start.y + 20, { steps: 3 });
  await subject.expectAt(share, { x: start.x + 30, y: start.y + 20 });
  await page.mouse.move(start.x + 5000, start.y + 20, { steps: 2 });
  await page.mouse.up();
  const canvas = await boxOf(stage);
  expect(Math.abs((await subject.box()).x - canvas.x)).toBeLessThan(1);
  await page.mouse.move(start.x, start.y);
  await page.mouse.wheel(0, 5000);
  await subject.expectWidth(SIDE);

  await toFit.click();
  expect(await subject.box()).toEqual(fitted);
  // A double click shows one to one, and again what fits.
  await page.mouse.dblclick(start.x, start.y);
  await subject.expectWidth(SIDE);
  await expect(toFit).toHaveText("100 %");
  await page.mouse.dblclick(start.x, start.y);
  await subject.expectWidth(fitted.width);
  await toFull.click();
  await subject.expectWidth(SIDE);
  await page.keyboard.press("Shift+Z");
  await subject.expectWidth(fitted.width);
  await page.keyboard.press("z");
  await subject.expectWidth(SIDE);
  await page.keyboard.press("Shift+Z");

  const middle = await subject.at({ x: 0.5, y: 0.5 });
  await pinch(cdp, middle, { from: 60, to: 120 });
  await subject.expectWidth(2 * fitted.width, 2);
  await subject.expectAt({ x: 0.5, y: 0.5 }, middle);
  // Two fingers move it, too.
  await pinch(cdp, middle, { from: 120, to: 120, moved: 24 });
  await subject.expectAt({ x: 0.5, y: 0.5 }, { x: middle.x + 24, y: middle.y + 24 });
  await pinch(cdp, middle, { from: 200, to: 100 });
  await subject.expectWidth(fitted.width, 2);

  await cdp.send("Input.synthesizePinchGesture", {
    ...middle,
    scaleFactor: 2,
    gestureSourceType: "mouse",
  });
  await subject.expectWidth(2 * fitted.width, 0.1 * fitted.width);
});

test("the zoom stays in full screen and while the window changes; another picture starts fitted", async ({
  studio: { page },
}) => {
  await drawOne(page, "a red fish");
  const stage = await drawOne(page, "a blue fish");
  const subject = new Subject(stage);
  const session = page.getByRole("listbox", { name: "This session" });
  const isFull = () => page.evaluate(() => document.fullscreenElement?.getAttribute("aria-label"));
  const fitted = await subject.width();
  await stage.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(isFull).toBe("Picture");
  await expect.poll(() => subject.width()).toBeGreaterThan(fitted);
  await page.keyboard.press("z");
  await subject.expectWidth(SIDE);
  await page.keyboard.press("Shift+F");
  await expect.poll(isFull).toBeUndefined();
  await subject.expectWidth(SIDE);
  await page.setViewportSize({ width: 1024, height: 700 });
  await subject.expectWidth(SIDE);
  await page.setViewportSize({ width: 1440, height: 900 });
  await session.getByRole("option", { name: "a red fish", exact: true }).click();
  await subject.expectWidth(fitted);
  await session.getByRole("option", { name: "a blue fish", exact: true }).click();
  await subject.expectWidth(fitted);
});
