import type { Page } from "@playwright/test";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

/** Types a prompt, and opens the grid's dialog by its button. */
async function openGrid(page: Page) {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red circle");
  const open = page.getByRole("button", { name: "X/Y grid" });
  // A key is lost on a button that waits for the models.
  await expect(open).toBeEnabled();
  await open.press("Enter");
  const dialog = page.getByRole("dialog", { name: "X/Y grid" });
  return { open, dialog };
}

test("a grid is drawn by keys alone, and its sheet is in the gallery", async ({ studio }) => {
  const { page } = studio;
  const { open, dialog } = await openGrid(page);
  await dialog.getByRole("textbox", { name: "Values" }).fill("1:2");
  await expect(dialog.getByText("2 pictures")).toBeVisible();
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Draw grid" }).press("Enter");
  await expect(dialog).toBeHidden();
  await expect(page.getByText("2 of 2 ready")).toBeVisible();
  const cells = page.getByRole("option", { name: /^a red circle, Steps/ });
  await expect(cells).toHaveText([/Steps 1/, /Steps 2/]);
  await page.getByRole("button", { name: "Open contact sheet" }).press("Enter");
  await expect(page.getByRole("region", { name: "Open picture" })).toBeVisible();
  await page.goBack();
  // The axes are still there for the next grid.
  await open.press("Enter");
  await expect(dialog.getByRole("textbox", { name: "Values" })).toHaveValue("1:2");
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Gallery" }).press("Enter");
  await expect(page.getByText("3 pictures", { exact: true })).toBeVisible();
});

test("the samplers of a grid are picked from a list and typed by the names it shows", async ({
  studio: { page },
}) => {
  const { dialog } = await openGrid(page);
  await dialog.getByRole("button", { name: "Left to right" }).click();
  await page.getByRole("option", { name: "Sampler", exact: true }).click();
  const values = dialog.getByRole("textbox", { name: "Values" });
  await values.fill("dpm++ 2m");
  await dialog.getByRole("button", { name: "Add a value" }).click();
  await page.getByRole("option", { name: "Euler", exact: true }).click();
  await expect(values).toHaveValue("dpm++ 2m, Euler");
  await expect(dialog.getByText(/2 pictures · about/)).toBeVisible();
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Draw grid" }).click();
  const cells = page.getByRole("option", { name: /^a red circle, Sampler/ });
  await expect(cells).toHaveText([/Sampler DPM\+\+ 2M/, /Sampler Euler/]);
});

test("the part with guidance is picked by the form's words, and what the model refuses is said first", async ({
  studio: { page },
}) => {
  const { dialog } = await openGrid(page);
  const pick = async (setting: string, value: string) => {
    await dialog.getByRole("button", { name: "Left to right" }).click();
    await page.getByRole("option", { name: setting, exact: true }).click();
    await dialog.getByRole("button", { name: "Add a value" }).click();
    await page.getByRole("option", { name: value, exact: true }).click();
  };
  await pick("Guidance applies to", "The first 80% of the steps");
  await expect(dialog.getByText(/1 picture · about/)).toBeVisible();
  await pick("Full steps", "1 step in 2");
  await expect(dialog.getByText(/1 picture · about/)).toBeVisible();
  await pick("Decoder", "Tiny (faster, slightly soft)");
  await expect(dialog.getByText(/this model has none/)).toBeVisible();
});

test("a prompt with alternatives is not drawn as a grid", async ({ studio: { page } }) => {
  const { dialog } = await openGrid(page);
  await dialog.getByRole("textbox", { name: "Values" }).fill("1:2");
  await expect(dialog.getByRole("button", { name: "Draw grid" })).toBeEnabled();
  await page.keyboard.press("Escape");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a {red|blue} circle");
  await page.getByRole("button", { name: "X/Y grid" }).press("Enter");
  await expect(dialog.getByText(/^A grid has one prompt/)).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Draw grid" })).toBeDisabled();
});
