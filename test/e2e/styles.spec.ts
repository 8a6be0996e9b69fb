import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

test("a style is saved from the form, and chosen", async ({ studio }) => {
  const { page } = studio;
  const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
  await prompt.fill("pencil drawing of {prompt}");
  await page.getByRole("button", { name: "Style", exact: true }).press("Enter");
  await page.getByRole("button", { name: "Save as style…" }).press("Enter");
  const form = page.getByRole("dialog", { name: "New style" });
  await expect(form.getByText("{prompt} stands for what you type.")).toBeVisible();
  await form.getByRole("textbox", { name: "Name" }).fill("Pencil");
  await expectNoViolations(page);
  await form.getByRole("button", { name: "Save style" }).press("Enter");
  await expect(form).toBeHidden();

  await prompt.fill("a red circle");
  await page.getByRole("button", { name: "Style", exact: true }).press("Enter");
  await expect(page.getByRole("option", { name: /Pencil/ })).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole("option", { name: /Pencil/ }).press("Enter");
  const chosen = page.getByRole("list", { name: "Chosen styles, in order" });
  await expect(chosen.getByText("Pencil")).toBeVisible();
});
