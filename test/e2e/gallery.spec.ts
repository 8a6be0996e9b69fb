import { dropSettings } from "./drop-settings.ts";
import { drawPicture, tileOf } from "./draw-picture.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

test("searches, stars, trashes and takes it back", async ({ studio: { page } }) => {
  for (const prompt of ["a red house", "a blue boat", "a yellow star"])
    await drawPicture(page, prompt);
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(tileOf(page, "a red house")).toBeVisible();

  await page.getByRole("searchbox", { name: "Search" }).fill("boa");
  await expect(tileOf(page, "a blue boat")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search" }).fill("");

  await tileOf(page, "a yellow star").click();
  // Leaving the page at once would take the request along.
  const starred = page.waitForResponse(/\/rpc\/gallery\/star/);
  await page.keyboard.press(".");
  await (await starred).finished();
  await page.goto(new URL("/gallery?starred=true", page.url()).href);
  await expect(tileOf(page, "a yellow star")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);

  await page.goto(new URL("/gallery", page.url()).href);
  await tileOf(page, "a red house").click();
  await page.keyboard.press("Delete");
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tileOf(page, "a red house")).toBeVisible();
});

test("a dropped picture gives its settings back", async ({ studio: { page, dataFolder } }) => {
  await drawPicture(page, "a purple balloon on a yellow background");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("something else");
  await dropSettings(page, dataFolder);
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(
    "a purple balloon on a yellow background",
  );
});

test("settings are searched for, with suggestions, by keys alone", async ({ studio: { page } }) => {
  for (const prompt of ["a red house", "a blue boat"]) await drawPicture(page, prompt);
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(tileOf(page, "a red house")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("boat ste");
  await expect(page.getByRole("option", { name: /^steps:/ })).toBeVisible();
  await expectNoViolations(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const search = page.getByRole("searchbox", { name: "Search" });
  await expect(search).toHaveValue("boat steps:");
  await expect(search).toBeFocused();
  await page.keyboard.type("2 ");
  await expect(tileOf(page, "a blue boat")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await search.fill("steps:many");
  await expect(page.getByText("“steps:many” cannot be read")).toBeVisible();
  await search.fill("");
  await tileOf(page, "a blue boat").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Find pictures with this prompt" }).click();
  await expect(search).toHaveValue(/^like:/);
  await expect(tileOf(page, "a blue boat")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);
});
