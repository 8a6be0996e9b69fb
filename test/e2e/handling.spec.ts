import type { Locator, Page } from "@playwright/test";
import { expectNoViolations } from "./expect-no-violations.ts";
import { fillGallery } from "./fill-gallery.ts";
import { expect, test } from "./studio-test.ts";

/** Draws `count` small pictures; the last one is on the stage. */
async function draw(page: Page, count: number): Promise<void> {
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red fish");
  await page.getByRole("spinbutton", { name: "Count" }).fill(String(count));
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(tilesOf(page, "a red fish")).toHaveCount(count);
}

/** The session strip's tiles with a name. */
function tilesOf(page: Page, name: string): Locator {
  return page
    .getByRole("listbox", { name: "This session" })
    .getByRole("option", { name, exact: true });
}

type Box = Awaited<ReturnType<Locator["boundingBox"]>>;

/** Whether two elements have no point in common. */
function areApart(one: Box, other: Box): boolean {
  if (one === null || other === null) return false;
  const isBeside = one.x + one.width <= other.x || other.x + other.width <= one.x;
  return isBeside || one.y + one.height <= other.y || other.y + other.height <= one.y;
}

/** The name of the focused element. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      document.activeElement?.getAttribute("aria-label") ??
      document.activeElement?.textContent ??
      "",
  );
}

test("keys work from the strip, and Ctrl+Z undoes the trash, never an old search", async ({
  studio: { page },
}) => {
  await draw(page, 2);
  const tiles = tilesOf(page, "a red fish");
  const details = page.getByRole("region", { name: "Details" });
  await tiles.first().click();
  await expect(details).toBeVisible();
  await page.keyboard.press("i");
  await expect(details).toBeHidden();
  await page.keyboard.press("i");
  const main = page.getByRole("main");
  const unmoved = await main.boundingBox();
  await page.keyboard.press("Delete");
  await expect(tiles).toHaveCount(1);
  const message = page.getByText("Moved to the trash");
  // It stays while it is hovered.
  await message.hover();
  // It moves nothing and covers nothing that can be pressed.
  expect(await main.boundingBox()).toEqual(unmoved);
  const toast = await page.getByRole("alertdialog").boundingBox();
  const chips = await page.getByRole("contentinfo", { name: "Status" }).getByRole("button").all();
  for (const box of [unmoved, ...(await Promise.all(chips.map((chip) => chip.boundingBox())))])
    expect(areApart(toast, box)).toBe(true);
  // A longer message, or a narrow window, has no room there.
  await page.setViewportSize({ width: 390, height: 800 });
  await expect
    .poll(async () =>
      areApart(await page.getByRole("alertdialog").boundingBox(), await main.boundingBox()),
    )
    .toBe(true);
  await page.setViewportSize({ width: 1280, height: 720 });
  await expectNoViolations(page);
  await page.keyboard.press("Control+z");
  await expect(tiles).toHaveCount(2);
  await expect(message).toBeHidden();

  await page.goto(new URL("/gallery", page.url()).href);
  const search = page.getByRole("searchbox");
  await search.fill("red");
  // A search takes effect a moment after it was typed, and selects nothing.
  await expect(page).toHaveURL(/search=red/);
  const pictures = page.getByRole("grid").getByRole("img", { name: /^a red fish/ });
  await expect(pictures).toHaveCount(2);
  await pictures.first().click();
  await page.keyboard.press("Delete");
  await expect(pictures).toHaveCount(1);
  await page.keyboard.press("Control+z");
  await expect(pictures).toHaveCount(2);
  await page.keyboard.press("Control+z");
  await expect(search).toHaveValue("red");

  // Letters and digits work from a slider, too; its own keys stay with it.
  const size = page.getByRole("slider", { name: "Tile size" });
  await pictures.first().click();
  const before = await size.inputValue();
  await size.focus();
  await page.keyboard.press("ArrowRight");
  await expect(size).not.toHaveValue(before);
  await page.keyboard.press("4");
  await expect(page.getByRole("img", { name: /rated 4 of 5/ })).toHaveCount(1);
});

test("details open on request where there is little room: beside the picture, or below it", async ({
  studio: { page },
}) => {
  await draw(page, 1);
  const details = page.getByRole("complementary", { name: "Details" });
  const show = page.getByRole("button", { name: "Show details" });
  await page.setViewportSize({ width: 1024, height: 768 });
  await expect(details).toBeHidden();
  await show.click();
  await expect(details.getByText("a red fish", { exact: true })).toBeInViewport();
  await tilesOf(page, "a red fish").click();
  await page.keyboard.press("i");
  await expect(details).toBeHidden();
  // There is no room for a third column.
  await page.setViewportSize({ width: 820, height: 844 });
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  const beside = (await stage.boundingBox())!;
  await show.click();
  await expect(details.getByText("a red fish", { exact: true })).toBeInViewport();
  const [picture, below] = [(await stage.boundingBox())!, (await details.boundingBox())!];
  expect([picture.x, picture.width]).toEqual([beside.x, beside.width]);
  expect(below.y).toBeGreaterThanOrEqual(picture.y + picture.height);
  await page.keyboard.press("i");
  await page.setViewportSize({ width: 390, height: 844 });
  await show.click();
  await expect(details.getByText("a red fish", { exact: true })).toBeInViewport();
  await expectNoViolations(page);
  await details.getByRole("button", { name: "Hide details" }).click();
  await expect(details).toBeHidden();

  await page.goto(new URL("/gallery", page.url()).href);
  await page.getByRole("grid").getByRole("img").first().click();
  await show.click();
  await expect(details.getByRole("region", { name: "Ratings, tags and albums" })).toBeInViewport();
  await page.mouse.move(0, 0);
  await expect(page.getByRole("tooltip")).toHaveCount(0);
  await expectNoViolations(page);
});

test("Tab lands on the selected chip, and Escape closes what lost the focus", async ({
  studio: { page },
}) => {
  const fast = page.getByRole("radio", { name: /^Fast/ });
  await fast.click();
  await expect(fast).toBeChecked();
  await page.getByRole("button", { name: "What Steps means" }).focus();
  await page.keyboard.press("Shift+Tab");
  expect(await focused(page)).toMatch(/^Fast/);
  await page.keyboard.press("Shift+Tab");
  await expect(page.getByRole("spinbutton", { name: "Height" })).toBeFocused();
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

test("the first press leaves the focus where it is, though the details come", async ({
  studio: { page },
}) => {
  // A prompt from right to left is shown so wherever it is shown.
  const words = "דג אדום";
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(words);
  const button = page.getByRole("button", { name: "Generate", exact: true });
  await expect(button).toBeEnabled();
  await button.press("Enter");
  const details = page.getByRole("region", { name: "Details" });
  await expect(details.getByText(words, { exact: true })).toHaveCSS("direction", "rtl");
  await expect(button).toBeFocused();
  // And the prompt is found again by keys.
  const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
  await prompt.fill("");
  await page.getByRole("button", { name: "Earlier prompts" }).press("Enter");
  await page.keyboard.type("דג");
  await page.keyboard.press("ArrowDown");
  const earlier = page.getByRole("listbox", { name: "Earlier prompts" });
  const option = earlier.getByRole("option");
  await expect(option).toHaveAttribute("data-focused");
  await expect(option).toHaveCSS("direction", "rtl");
  await page.keyboard.press("Enter");
  await expect(prompt).toHaveValue(words);
});

test("a paused queue says so beside Generate, and a single waiting one can be cancelled", async ({
  studio: { page },
}) => {
  await page.getByRole("button", { name: /^Queue/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.keyboard.press("Escape");
  const form = page.getByRole("region", { name: "What to draw" });
  await expect(form.getByText("The queue is paused.")).toBeVisible();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red fish");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(tilesOf(page, "a red fish, waiting")).toHaveCount(1);
  await page.getByRole("button", { name: /^Queue/ }).click();
  const row = page.getByRole("dialog", { name: "Queue" }).getByText("a red fish", { exact: true });
  await expect(row).toHaveAttribute("dir", "auto");
  await page.getByRole("button", { name: "Cancel all waiting" }).click();
  await expect(tilesOf(page, "a red fish, cancelled")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await form.getByRole("button", { name: "Resume" }).click();
  await expect(form.getByText("The queue is paused.")).toBeHidden();
});

test("the pictures of one press fill a sheet: one is picked, zoomed, and left for all", async ({
  studio: { page },
}) => {
  await draw(page, 2);
  const sheet = page.getByRole("listbox", { name: "Pictures of one batch" });
  const cells = sheet.getByRole("option");
  await expect(cells).toHaveCount(2);
  await expect(page.getByText("2 of 2 ready")).toBeVisible();
  // Strip and details show the picked one; the strip has the newest first.
  const strip = page.getByRole("listbox", { name: "This session" }).getByRole("option");
  await cells.first().click();
  await expect(strip.nth(1)).toHaveAttribute("aria-selected", "true");
  await cells.nth(1).hover();
  await cells.nth(1).locator("[data-tick]").click();
  await expect(page.getByRole("button", { name: "Compare", exact: true })).toBeVisible();
  await expect(strip.first()).toHaveAttribute("aria-selected", "true");
  await cells.nth(1).locator("[data-tick]").click();
  await expect(page.getByRole("button", { name: "Compare", exact: true })).toBeHidden();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).focus();
  await page.keyboard.press("Alt+s");
  await expect(cells.first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(sheet).toBeHidden();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await stage.getByRole("button", { name: /^Shown at/ }).click();
  await expect(stage.getByRole("button", { name: /Fit to the stage$/ })).toBeVisible();
  await stage.click({ button: "right", position: { x: 60, y: 60 } });
  await expect(page.getByRole("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Show all 2" }).click();
  await expect(sheet).toBeVisible();
});

test("alternatives in a prompt are counted before the press and drawn one by one", async ({
  studio: { page },
}) => {
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a {red|blue} fish");
  await expect(page.getByText(/2 prompts, 2 pictures/)).toBeVisible();
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  await expect(tilesOf(page, "a red fish")).toHaveCount(1);
  await expect(tilesOf(page, "a blue fish")).toHaveCount(1);
  await page.getByRole("button", { name: "Earlier prompts" }).click();
  await page.getByRole("searchbox", { name: "Search earlier prompts" }).fill("fish");
  await expect(page.getByRole("option", { name: "a {red|blue} fish" })).toBeVisible();
  await expectNoViolations(page);
});

test("what is typed in a dialog stays when the window crosses 700 pixels", async ({
  studio: { page },
}) => {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a pencil drawing");
  await page.getByRole("button", { name: "Style", exact: true }).click();
  await page.getByRole("button", { name: "Save as style…" }).click();
  const name = page.getByRole("dialog").getByRole("textbox", { name: "Name" });
  await name.fill("Pencil");
  const borders = page.locator("[role=separator]");
  await expect(borders).not.toHaveCount(0);
  await page.setViewportSize({ width: 600, height: 800 });
  await expect(borders).toHaveCount(0);
  await expect(name).toHaveValue("Pencil");
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(borders).not.toHaveCount(0);
  await expect(name).toHaveValue("Pencil");
  await expect(name).toBeFocused();
});

test("an album's name that is typed stays when the window crosses 960 pixels", async ({
  studio: { page },
}) => {
  await page.goto(new URL("/gallery", page.url()).href);
  await page.getByRole("button", { name: "Albums and tags" }).click();
  await page.getByRole("button", { name: "New album" }).first().click();
  const name = page.getByRole("dialog").getByRole("textbox", { name: "Name" });
  await name.fill("Boats");
  const rail = page.getByRole("navigation", { name: "Albums and tags" });
  for (const width of [800, 1440, 800]) {
    await page.setViewportSize({ width, height: 900 });
    await expect(page.locator("[role=separator]")).toHaveCount(width < 960 ? 0 : 1);
    await expect(name).toHaveValue("Boats");
    await expect(name).toBeFocused();
  }
  await page.keyboard.press("Enter");
  // A narrow window shows the rail only on request.
  await expect(rail).toBeHidden();
  await page.getByRole("button", { name: "Albums and tags" }).click();
  await expect(rail.getByRole("button", { name: /^Boats/ })).toBeVisible();
});

test("the marks of one picture stay where they are when a second one is selected", async ({
  studio,
}) => {
  const { page } = studio;
  await fillGallery(studio, 2);
  await page.goto(new URL("/gallery", page.url()).href);
  const cells = page.getByRole("grid", { name: "Gallery" }).getByRole("gridcell");
  const marks = page.getByRole("region", { name: "Ratings, tags and albums" });
  await cells.first().click();
  await expect(marks).toBeVisible();
  const before = await marks.boundingBox();
  await cells.last().click({ modifiers: ["Control"] });
  await expect(page.getByRole("toolbar", { name: "Selected pictures" })).toBeVisible();
  expect((await marks.boundingBox())?.y).toBe(before?.y);
});

test("a prompt that is too long says so itself, whichever of the two it is", async ({
  studio: { page },
}) => {
  await expect(page.getByRole("spinbutton", { name: "Width" })).toHaveValue("128");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a fish");
  await page.getByRole("button", { name: "Negative prompt", exact: true }).click();
  const negative = page.getByRole("textbox", { name: "Negative prompt" });
  await negative.fill("x".repeat(10_001));
  await expect(page.getByText("10,001 characters: up to 10,000 are allowed.")).toHaveCount(1);
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeDisabled();
  await negative.fill("blurry");
  await expect(page.getByText("10,001 characters")).toHaveCount(0);
  // In tokens it is counted like the prompt.
  await expect(page.getByRole("img", { name: /^\d+ of \d+ tokens$/ })).toHaveCount(2);
  await negative.fill("blurry ".repeat(100));
  await expect(page.getByText(/^Only the first \d+ tokens are used/)).toHaveCount(1);
  await expect(negative).toHaveAccessibleDescription(/^Only the first \d+ tokens are used/);
});
