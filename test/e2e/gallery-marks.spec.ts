import { readFileSync } from "node:fs";
import { drawPicture, tileOf } from "./draw-picture.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

test("rates, tags and collects pictures by keys, and undoes it", async ({ studio: { page } }) => {
  for (const prompt of ["a red house", "a blue boat"]) await drawPicture(page, prompt);
  await page.goto(new URL("/gallery", page.url()).href);

  await tileOf(page, "a red house").click();
  await page.keyboard.press("4");
  await expect(tileOf(page, "a red house.*rated 4 of 5")).toBeVisible();
  // Immediately after the key: a change that is still running is undone.
  await page.keyboard.press("2");
  await page.keyboard.press("Control+z");
  await expect(tileOf(page, "a red house.*rated 4 of 5")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(tileOf(page, ".*rated")).toHaveCount(0);
  await page.keyboard.press("5");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Open picture" })).toBeVisible();
  await page.keyboard.press("2");
  await page.keyboard.press("Escape");
  await expect(tileOf(page, "a red house.*rated 2 of 5")).toBeVisible();

  await page.keyboard.press("t");
  await expect(page.getByRole("dialog", { name: "Tags of the picture" })).toBeVisible();
  await page.keyboard.type("brick, house");
  await expect(page.getByRole("checkbox", { name: "brick" })).toBeChecked();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Tags changed")).toBeVisible();

  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("Control+a");
  await page.keyboard.press("t");
  const tag = page.getByRole("checkbox", { name: "house" });
  await expect(tag).toBeChecked({ indeterminate: true });
  await expectNoViolations(page);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await page.keyboard.press("b");
  await expect(page.getByRole("dialog", { name: "Albums of 2 pictures" })).toBeVisible();
  // Save takes a name that is still in the field along.
  await page.keyboard.type("Best of June");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("2 pictures added to “Best of June”")).toBeVisible();
  // Both are in the album; only one is tagged.
  const marks = page.getByRole("region", { name: "Ratings, tags and albums" });
  await expect(marks.getByRole("button", { name: "Best of June", exact: true })).toBeVisible();
  await expect(marks.getByRole("button", { name: "house", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Albums and tags" }).click();
  const album = page.getByRole("button", { name: "Best of June 2", exact: true });
  await album.click();
  await expect(page.getByRole("searchbox", { name: "Search" })).toHaveValue('album:"Best of June"');
  await page.getByRole("button", { name: "2 stars or more" }).click();
  await expect(tileOf(page, "a blue boat")).toHaveCount(0);
  await expectNoViolations(page);
  await page.getByRole("button", { name: "2 stars or more" }).click();
  await expect(tileOf(page, "a blue boat")).toBeVisible();

  await page.getByRole("button", { name: "Options of Best of June" }).click();
  await page.getByRole("menuitem", { name: "Delete album" }).click();
  await expect(album).toHaveCount(0);
  await page.keyboard.press("Control+z");
  await expect(album).toBeVisible();
});

test("pictures are dragged onto an album", async ({ studio: { page } }) => {
  await drawPicture(page, "a red house");
  await page.goto(new URL("/gallery", page.url()).href);
  await page.getByRole("button", { name: "Albums and tags" }).click();
  await page.getByRole("button", { name: "New album" }).first().click();
  await page.keyboard.type("Houses");
  await page.keyboard.press("Enter");
  const album = page.getByRole("button", { name: "Houses 0", exact: true });
  await tileOf(page, "a red house").dragTo(album);
  await expect(page.getByRole("button", { name: "Houses 1", exact: true })).toBeVisible();
});

test("the selected pictures are saved as a ZIP", async ({ studio: { page } }) => {
  for (const prompt of ["a red house", "a blue boat"]) await drawPicture(page, prompt);
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(tileOf(page, "a red house")).toBeVisible();
  await tileOf(page, "a red house").click();
  await page.keyboard.press("Control+a");
  const coming = page.waitForEvent("download");
  await page.keyboard.press("e");
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^Darkroom pictures [\d-]+\.zip$/);
  const zip = readFileSync(await download.path());
  expect(zip.toString("latin1")).toContain("pictures.csv");
  expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\u0003\u0004");
});
