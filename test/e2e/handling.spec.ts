import type { Page } from "@playwright/test";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

/** Draws so many small pictures; the last one is on the stage. */
async function draw(page: Page, count: number): Promise<void> {
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red fish");
  await page.getByRole("spinbutton", { name: "Count" }).fill(String(count));
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(page.getByRole("option", { name: "a red fish", exact: true })).toHaveCount(count);
}

/** What has the focus, by its name. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      document.activeElement?.getAttribute("aria-label") ??
      document.activeElement?.textContent ??
      "",
  );
}

test("keys act from the strip, and Ctrl+Z takes back the trash, never an old search", async ({
  studio: { page },
}) => {
  await draw(page, 2);
  const tiles = page.getByRole("option", { name: "a red fish", exact: true });
  const details = page.getByRole("region", { name: "Details" });
  await tiles.first().click();
  await expect(details).toBeVisible();
  await page.keyboard.press("i");
  await expect(details).toBeHidden();
  await page.keyboard.press("i");
  await page.keyboard.press("Delete");
  await expect(tiles).toHaveCount(1);
  const message = page.getByText("Moved to the trash");
  await expect(message).toBeVisible();
  await expectNoViolations(page);
  const [toast, main, bar] = await Promise.all(
    [message, page.getByRole("main"), page.getByRole("contentinfo", { name: "Status" })].map(
      (one) => one.boundingBox(),
    ),
  );
  const end = Math.max(...[main, bar].map((box) => (box?.y ?? 0) + (box?.height ?? 0)));
  expect(toast?.y).toBeGreaterThanOrEqual(end);
  await page.keyboard.press("Control+z");
  await expect(tiles).toHaveCount(2);
  await expect(message).toBeHidden();

  await page.goto(new URL("/gallery", page.url()).href);
  const search = page.getByRole("searchbox");
  await search.fill("red");
  const pictures = page.getByRole("grid").getByRole("gridcell");
  await expect(pictures).toHaveCount(2);
  await pictures.first().click();
  await page.keyboard.press("Delete");
  await expect(pictures).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(pictures).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(search).toHaveValue("red");
});

test("Tab lands on the chosen chip, and Escape closes what lost the focus", async ({
  studio: { page },
}) => {
  const fast = page.getByRole("radio", { name: /^Fast/ });
  await fast.click();
  await expect(fast).toBeChecked();
  await page.getByRole("button", { name: "What Steps means" }).focus();
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toMatch(/^Fast/);
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toBe("Height");
  await page.keyboard.press("Tab");
  expect(await focused(page)).toMatch(/^Fast/);
  await page.getByRole("button", { name: /^Queue/ }).click();
  const queue = page.getByRole("dialog", { name: "Queue" });
  await expect(queue).toBeVisible();
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  await page.keyboard.press("Escape");
  await expect(queue).toBeHidden();
});

test("a paused queue says so beside Generate, and what waits alone can be cancelled", async ({
  studio: { page },
}) => {
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.keyboard.press("Escape");
  const form = page.getByRole("region", { name: "What to draw" });
  await expect(form.getByText("The queue is paused.")).toBeVisible();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red fish");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(page.getByRole("option", { name: "a red fish, waiting" })).toHaveCount(1);
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("button", { name: "Cancel all waiting" }).click();
  await expect(page.getByRole("option", { name: "a red fish, cancelled" })).toHaveCount(1);
  await page.keyboard.press("Escape");
  await form.getByRole("button", { name: "Resume" }).click();
  await expect(form.getByText("The queue is paused.")).toBeHidden();
});
