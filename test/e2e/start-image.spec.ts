import sharp from "sharp";
import type { Page } from "@playwright/test";
import { dropSettings } from "./drop-settings.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

/** Chooses a wide start image. */
async function chooseStart(page: Page): Promise<void> {
  const wide = { create: { width: 256, height: 128, channels: 3, background: "teal" } } as const;
  const buffer = await sharp(wide).png().toBuffer();
  const chosen = page.waitForEvent("filechooser");
  const start = page.getByRole("button", { name: "Start from a picture" });
  await start.focus();
  await expect(start).toBeFocused();
  await start.press("Enter");
  await (await chosen).setFiles({ name: "wide.png", mimeType: "image/png", buffer });
}

test("a start image is fitted, sets the ratio, and is shown and restored", async ({ studio }) => {
  const { page, dataFolder } = studio;
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red circle");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("spinbutton", { name: "Steps" }).blur();
  await chooseStart(page);
  const start = page.getByRole("region", { name: "Start image" });
  const fit = start.getByRole("radiogroup", { name: "Fit to the size" });
  await expect(fit.getByRole("radio", { name: "Crop" })).toBeChecked();
  await fit.getByRole("radio", { name: "Fit", exact: true }).press("Enter");
  await expect(start.getByText("its edges are extended", { exact: false })).toBeVisible();
  await expectNoViolations(page);

  await page.getByRole("button", { name: "Generate", exact: true }).press("Enter");
  await expect(page.getByRole("option", { name: "a red circle", exact: true })).toBeVisible();
  const told = page.getByRole("region", { name: "Details" });
  await expect(told.getByRole("img", { name: "Start image, 256 by 128 pixels" })).toBeVisible();
  await expect(told.getByText("fitted, edges extended")).toBeVisible();

  await start.getByRole("button", { name: "Use its aspect ratio" }).press("Enter");
  await expect(page.getByRole("spinbutton", { name: "Width" })).toHaveValue("176");
  await expect(page.getByRole("spinbutton", { name: "Height" })).toHaveValue("88");
  await expect(fit).toBeHidden();

  await start.getByRole("button", { name: "Remove start image" }).press("Enter");
  await expect(start).toBeHidden();
  await dropSettings(page, dataFolder);
  await expect(start).toBeVisible();
  await expect(fit.getByRole("radio", { name: "Fit", exact: true })).toBeChecked();
  await expect(page.getByRole("spinbutton", { name: "Width" })).toHaveValue("128");
});

test("more like a picture start from its start image, and the form stays as it is", async ({
  studio: { page },
}) => {
  const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
  await prompt.fill("a red circle");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  await page.getByRole("spinbutton", { name: "Steps" }).blur();
  await chooseStart(page);
  const start = page.getByRole("region", { name: "Start image" });
  await expect(start).toBeVisible();
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await expect(generate).toBeEnabled();
  await generate.press("Enter");
  const drawn = page.getByRole("option", { name: "a red circle", exact: true });
  await expect(drawn).toBeVisible();
  await start.getByRole("button", { name: "Remove start image" }).press("Enter");
  await prompt.fill("a blue boat");

  await drawn.click({ button: "right" });
  await page.getByRole("menuitem", { name: "Draw 4 more with the next seeds" }).click();
  const strip = page.getByRole("listbox", { name: "This session" });
  const all = strip.getByRole("option", { name: "a red circle", exact: true });
  await expect(all).toHaveCount(5);
  await all.first().click();
  await page
    .getByRole("listbox", { name: "Pictures of one batch" })
    .getByRole("option")
    .first()
    .dblclick();
  const details = page.getByRole("region", { name: "Details" });
  await expect(details.getByRole("img", { name: "Start image, 256 by 128 pixels" })).toBeVisible();

  await all.last().click({ button: "right" });
  await page.getByRole("menuitem", { name: "Draw 4 variations of it" }).click();
  await expect(all).toHaveCount(9);
  await expect(prompt).toHaveValue("a blue boat");
  await expect(page.getByRole("spinbutton", { name: "Count" })).toHaveValue("1");
  await expect(start).toBeHidden();
});
