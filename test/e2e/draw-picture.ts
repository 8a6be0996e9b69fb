import type { Page } from "@playwright/test";
import { expect } from "./studio-test.ts";

/** Draws a picture of two steps on Generate, and waits until it is finished. */
export async function drawPicture(page: Page, prompt: string): Promise<void> {
  await page.goto(new URL("/generate", page.url()).href);
  const field = page.getByRole("textbox", { name: "Prompt", exact: true });
  // A page that opens on a busy machine may lose what is filled in before it can be pressed.
  await expect(async () => {
    await field.fill(prompt);
    await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
    await page.getByRole("spinbutton", { name: "Steps" }).blur();
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
    await expect(field).toHaveValue(prompt, { timeout: 1000 });
  }).toPass();
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("option", { name: prompt, exact: true })).toBeVisible();
}

/** A picture in the Gallery by the start of its name. */
export function tileOf(page: Page, name: string) {
  return page.getByRole("grid", { name: "Gallery" }).getByRole("img", {
    name: new RegExp(`^${name}`),
  });
}
