import type { Page } from "@playwright/test";
import { fillGallery } from "./fill-gallery.ts";
import { expect, test, type StudioUnderTest } from "./studio-test.ts";

const PICTURES = 60;

/** Opens the gallery of a studio with this many pictures, none of which was drawn here. */
async function openGallery(studio: StudioUnderTest): Promise<void> {
  const { page } = studio;
  await fillGallery(studio, PICTURES);
  await page.getByRole("link", { name: "Gallery" }).click();
  await expect(page.getByText(`${PICTURES} pictures`, { exact: true })).toBeVisible();
  await expect(cells(page).first().getByRole("img")).toBeVisible();
}

function cells(page: Page) {
  return page.getByRole("grid", { name: "Gallery" }).getByRole("gridcell");
}

function selected(page: Page) {
  return page.getByRole("grid", { name: "Gallery" }).getByRole("gridcell", { selected: true });
}

test("the sheet is navigated, selected from and opened by keys alone", async ({ studio }) => {
  const { page } = studio;
  await openGallery(studio);
  await cells(page).first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(selected(page)).toHaveCount(2);
  await page.keyboard.press("Control+a");
  await expect(page.getByText(`${PICTURES} selected`).first()).toBeVisible();
  const bar = page.getByRole("toolbar", { name: "Selected pictures" });
  await bar.getByRole("button", { name: "Add to favourites" }).click();
  await page.keyboard.press("Escape");
  await expect(bar).toBeHidden();
  await cells(page).nth(1).focus();
  await page.keyboard.press("Home");
  await expect(cells(page).first()).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/gallery\/[\w-]+$/);
  await expect(page.getByText(`1 of ${PICTURES}`)).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText(`2 of ${PICTURES}`)).toBeVisible();
  await page.goBack();
  await expect(cells(page).nth(1)).toBeFocused();
});

test("a comparison says what differs, and has an address", async ({ studio }) => {
  const { page } = studio;
  await openGallery(studio);
  await cells(page).first().click();
  await cells(page)
    .nth(1)
    .click({ modifiers: ["Control"] });
  await page.keyboard.press("c");
  await expect(page.getByRole("slider", { name: "Divider" })).toBeFocused();
  const differences = page.getByRole("complementary", { name: "Differences" });
  await expect(differences.getByRole("row", { name: /^Seed/ })).toBeVisible();
  await page.reload();
  await expect(differences).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(cells(page).first()).toBeVisible();
});

test("deletes permanently only from the trash, and asks", async ({ studio }) => {
  const { page } = studio;
  await openGallery(studio);
  await cells(page).first().click();
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Delete");
  await expect(page.getByText(`${PICTURES - 2} pictures`, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Trash", exact: true }).click();
  await expect(cells(page)).toHaveCount(2);
  await cells(page).first().click();
  await page.keyboard.press("Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Keep" }).click();
  await expect(cells(page)).toHaveCount(2);
  await page.getByRole("button", { name: "Empty trash…" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete for good" }).click();
  await expect(page.getByText("The trash is empty.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("The trash is empty.")).toBeVisible();
});

test("filters are in the address, and Back undoes them", async ({ studio }) => {
  const { page } = studio;
  await openGallery(studio);
  await page.getByRole("button", { name: "Favourites only" }).click();
  await expect(page).toHaveURL(/[?&]starred=true/);
  await expect(page.getByText("No picture matches.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("No picture matches.")).toBeVisible();
  await page.goBack();
  await expect(page.getByText(`${PICTURES} pictures`, { exact: true })).toBeVisible();
});

test("the toolbar takes one row at 1024 pixels, and two on a phone", async ({ studio }) => {
  const { page } = studio;
  await openGallery(studio);
  // Albums that are open beside the sheet do not cover it where there is no room beside it.
  await page.getByRole("button", { name: "Albums and tags" }).click();
  const rail = page.getByRole("navigation", { name: "Albums and tags" });
  await expect(rail).toBeVisible();
  const toolbar = page.getByRole("group", { name: "Filters" }).locator("..");
  const height = async () => (await toolbar.boundingBox())?.height ?? 0;
  await page.setViewportSize({ width: 1024, height: 700 });
  await expect.poll(height).toBeLessThan(60);
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(rail).toBeHidden();
  await expect.poll(height).toBeLessThan(100);
  await page.getByRole("button", { name: "Filters", exact: true }).click();
  await page.getByRole("button", { name: /Any date/ }).click();
  await page.getByRole("radio", { name: "This year" }).click();
  await expect(page).toHaveURL(/from=/);
});
