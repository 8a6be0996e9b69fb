import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

test("a style is saved from the form, chosen, drawn with, edited and deleted", async ({
  studio,
}) => {
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
  const kept = page.waitForResponse(
    (response) =>
      response.url().endsWith("/settings/writeForm") &&
      response.request().postData()?.includes('"styles":["Pencil"]') === true,
  );
  await page.getByRole("option", { name: /Pencil/ }).press("Enter");
  const chosen = page.getByRole("list", { name: "Chosen styles, in order" });
  await expect(chosen.getByText("Pencil")).toBeVisible();
  await kept;
  await page.reload();
  await expect(chosen.getByText("Pencil")).toBeVisible();
  await page.getByRole("button", { name: "Generate", exact: true }).press("Enter");
  const details = page.getByRole("region", { name: "Details" });
  await expect(details.getByText("pencil drawing of a red circle", { exact: true })).toBeVisible();
  await expect(details.getByText("Pencil, around “a red circle”")).toBeVisible();

  await page.getByRole("button", { name: "Style", exact: true }).press("Enter");
  await page.getByRole("button", { name: "Manage styles…" }).press("Enter");
  const all = page.getByRole("dialog", { name: "Styles" });
  await all.getByRole("button", { name: "Edit the style Pencil" }).press("Enter");
  const editing = page.getByRole("dialog", { name: "Edit style" });
  await editing.getByRole("textbox", { name: "Name" }).fill("Soft pencil");
  await editing.getByRole("button", { name: "Save style" }).press("Enter");
  await all.getByRole("button", { name: "Delete the style Soft pencil" }).press("Enter");
  await expect(all.getByRole("listitem")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(all.getByText("Soft pencil")).toBeVisible();
  await all.locator('input[type="file"]').setInputFiles({
    name: "styles.csv",
    mimeType: "text/csv",
    buffer: Buffer.from('name,prompt\nInk,"ink, black"\n'),
  });
  await expect(all.getByText("ink, black")).toBeVisible();
  await expectNoViolations(page);
});
