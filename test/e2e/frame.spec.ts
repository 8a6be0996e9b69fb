import type { Locator } from "@playwright/test";
import { fillGallery } from "./fill-gallery.ts";
import { call } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

/** Nothing of it is cut off, and it does not scroll sideways. */
async function expectWhole(locator: Locator): Promise<void> {
  const cut = () => locator.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  await expect.poll(cut).toBeLessThanOrEqual(0);
}

test("nothing on the page looks alive while the studio is down", async ({ studio }, {
  project,
}) => {
  test.skip(project.name === "desktop", "the window starts its host again at once");
  const { page } = studio;
  await page.getByRole("spinbutton", { name: "Steps" }).fill("500");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await generate.click();
  const status = page.getByRole("contentinfo", { name: "Status" });
  const icon = page.locator('link[rel="icon"]');
  await expect(page).toHaveTitle("(1) Generate · Darkroom");
  await expect(icon).toHaveAttribute("href", /busy/);
  await expect(status.getByRole("button").first()).toBeVisible();
  const bar = page.getByRole("progressbar", { name: /being drawn/ });
  await expect(bar).toBeVisible();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await expect(stage.getByText(/^Step \d+ of 500$/)).toBeVisible();

  await studio.restart("SIGKILL", async () => {
    await expect(status).toHaveText(/^No connection since \d\d:\d\d, trying again$/);
    await expect(status.getByRole("button")).toHaveCount(0);
    await expect(page).toHaveTitle("Generate · Darkroom");
    await expect(icon).toHaveAttribute("href", /idle/);
    await expect(bar).toHaveCount(0);
    await expect(stage.getByText("Unknown until Darkroom responds")).toBeVisible();
  });
  await expect(status.getByText(/No connection/)).toBeHidden();
  await expect(status.getByRole("button").first()).toBeVisible();
  await expect(stage.getByText("Interrupted when Darkroom closed")).toBeVisible();
  await expect(page).toHaveTitle("Generate · Darkroom");
  await generate.click();
  await expect(page).toHaveTitle("(1) Generate · Darkroom");
  await expect(bar).toBeVisible();
});

test("a queue row has a placeholder, then the picture as it develops, and ends with it", async ({
  studio: { page },
}) => {
  await call(page, "queue/pause");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("60");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  await page.getByRole("spinbutton", { name: "Count" }).fill("2");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await page.getByRole("button", { name: "Queue paused" }).click();
  const queue = page.getByRole("dialog", { name: "Queue" });
  const content = queue.locator("> div").filter({ has: page.getByRole("heading") });
  const rows = queue.getByRole("grid").getByRole("row");
  // Screen readers have the row's words instead.
  const placeholders = rows.locator("[aria-hidden] > svg");
  const pictures = rows.locator("[aria-hidden] > img");
  await expect(placeholders).toHaveCount(2);
  await expectWhole(content);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectWhole(content);
  await page.setViewportSize({ width: 1440, height: 900 });
  await queue.getByRole("button", { name: "Resume" }).click();
  await expect(pictures).toHaveCount(1);
  await expect
    .poll(() => pictures.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await expect(placeholders).toHaveCount(1);
  await expect(rows).toHaveCount(1);
  await queue.getByRole("button", { name: "Cancel a red house" }).click();
  const ended = queue.getByRole("listitem").filter({ hasText: "cancelled" });
  await expect(ended.locator("[aria-hidden] > svg")).toHaveCount(1);
  await page.keyboard.press("Escape");
  const strip = page.getByRole("listbox", { name: "This session" });
  const done = strip.getByRole("option", { name: "a red house", exact: true });
  await expect(done.locator("img").first()).toBeVisible();
});

test("at 1024 pixels the gallery's search and the words of the status bar have their width", async ({
  studio,
}) => {
  const { page } = studio;
  await fillGallery(studio, 60);
  await call(page, "queue/pause");
  await call(page, "server/start");
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(page.getByText("60 pictures", { exact: true })).toBeVisible();
  const search = await page.getByRole("searchbox").boundingBox();
  expect(search?.width).toBeGreaterThanOrEqual(200);
  const bar = page.getByRole("contentinfo", { name: "Status" });
  await expect(bar.getByText("Queue paused")).toBeVisible();
  await expect(bar.getByText(/^Server :/)).toBeVisible();
  const words = bar.getByRole("button").locator("span");
  await expect(words).toHaveCount(4);
  for (const one of await words.all()) await expectWhole(one);
});
