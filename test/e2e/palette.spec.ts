import type { Page } from "@playwright/test";
import { drawPicture } from "./draw-picture.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

/** Opens the palette and types. */
async function find(page: Page, search: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox", { name: "Find anything" })).toBeFocused();
  await page.keyboard.type(search);
}

/** The entry that Enter runs. */
function chosen(page: Page) {
  return page.getByRole("dialog", { name: "Find anything" }).locator('[aria-selected="true"]');
}

test("the palette finds samplers, pages and dialogs by keyboard, recently used ones first", async ({
  studio: { page },
}) => {
  await page.getByRole("link", { name: "Gallery" }).click();
  await find(page, "karras heun");
  await expect(chosen(page)).toHaveText("Sampler: Heun Karras");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/generate$/);
  await expect(page.getByRole("button", { name: /Heun Karras/ })).toBeVisible();

  await find(page, "");
  await expect(chosen(page)).toHaveText("Sampler: Heun Karras");
  await expectNoViolations(page);
  await page.keyboard.type("sampler");
  await expect(chosen(page)).toHaveText("Sampler: Heun Karras");
  await page.keyboard.press("Escape");

  await find(page, "xyz plot");
  await page.keyboard.press("Enter");
  const grid = page.getByRole("dialog", { name: "X/Y grid" });
  await expect(grid).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(grid).toBeHidden();
  await expect(page).toHaveURL(/\/generate$/);

  // What cannot be done at present says why.
  await find(page, "whole batch");
  await expect(page.getByText("No batch is being drawn")).toBeVisible();
  await page.keyboard.press("Escape");

  await find(page, "https certificate");
  await expect(chosen(page)).toHaveText(/Encrypt with TLS/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("switch", { name: "Encrypt with TLS" })).toBeVisible();
  await expect(page).toHaveURL(/\/server\?show=settings$/);
});

test("the palette finds pictures by their prompts, and says if nothing is found", async ({
  studio: { page },
}) => {
  await drawPicture(page, "a purple whale");
  await find(page, "purple wha");
  const palette = page.getByRole("dialog", { name: "Find anything" });
  const option = palette.getByRole("option", { name: /^a purple whale/ });
  await expect(option).toBeVisible();
  await expect
    .poll(() => option.locator("img").evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(0);
  await expectNoViolations(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/gallery\/\w+/);
  await page.keyboard.press("Escape");

  await find(page, "no such words at all");
  await expect(palette.getByRole("status")).toHaveText("1 result");
  await expect(chosen(page)).toHaveText("Search the gallery for “no such words at all”");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("searchbox")).toHaveValue("no such words at all");
  await find(page, "ä");
  await expect(palette.getByText("Nothing matches “ä”.")).toBeVisible();
});

test("the palette leads to forms, albums and the licence from every page", async ({
  studio: { page },
}) => {
  const headings = {
    "add an endpoint": page.getByRole("dialog", { name: "Add an endpoint" }),
    "add bucket": page.getByRole("dialog", { name: "Add a connection" }),
    "create key": page.getByRole("dialog", { name: "Create a key" }),
    "import model": page.getByRole("textbox", { name: "Folder or archive" }),
    license: page.getByRole("region", { name: "About" }),
  };
  for (const [search, place] of Object.entries(headings)) {
    await page.goto(new URL("/generate", page.url()).href);
    await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toBeVisible();
    await find(page, search);
    await page.keyboard.press("Enter");
    await expect(place).toBeInViewport();
  }
});

test("everyday words lead to what they mean", async ({ studio: { page } }) => {
  const palette = page.getByRole("dialog", { name: "Find anything" });
  const meant = {
    stop: /^Cancel the current picture/,
    help: /^Show keyboard shortcuts/,
    delete: /^Open the trash/,
    negative: /^Negative prompt/,
    wildcard: /^Go to the prompt/,
    preset: /^Quality preset: Fast/,
    import: /^Import pictures/,
  };
  for (const address of ["/generate", "/settings"]) {
    await page.goto(new URL(address, page.url()).href);
    await expect(page.getByRole("contentinfo", { name: "Status" })).toBeVisible();
    await find(page, "");
    for (const [word, name] of Object.entries(meant)) {
      await page.getByRole("combobox", { name: "Find anything" }).fill(word);
      await expect(palette.getByRole("option", { name })).toBeVisible();
    }
    await page.keyboard.press("Escape");
  }

  await find(page, "fast");
  await expect(chosen(page)).toHaveText("Quality preset: Fast");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/generate$/);
  const quality = page.getByRole("radiogroup", { name: "Quality" });
  await expect(quality.getByRole("radio", { name: "Fast" })).toBeChecked();
  await find(page, "negative");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Negative prompt" })).toBeVisible();
  const choosing = page.waitForEvent("filechooser");
  await find(page, "import pictures");
  await page.keyboard.press("Enter");
  await choosing;
  await expect(page).toHaveURL(/\/gallery$/);
});
