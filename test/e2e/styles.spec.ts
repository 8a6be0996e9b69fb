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
  await form.getByRole("textbox", { name: "Name" }).fill("Fine pencil");
  await expectNoViolations(page);
  await form.getByRole("button", { name: "Save style" }).press("Enter");
  await expect(form).toBeHidden();

  await prompt.fill("a red circle");
  await page.getByRole("button", { name: "Style", exact: true }).press("Enter");
  await expect(page.getByRole("option", { name: /Fine pencil/ })).toBeVisible();
  await expectNoViolations(page);
  // Typed and taken without leaving the search field.
  await expect(page.getByRole("searchbox", { name: "Search styles" })).toBeFocused();
  await page.keyboard.type("penc");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("option", { name: /Fine pencil/ })).toHaveAttribute("data-focused");
  await page.keyboard.press("Enter");
  const chosen = page.getByRole("list", { name: "Chosen styles, in order" });
  await expect(chosen.getByText("Fine pencil")).toBeVisible();
});

test("a styles.csv is imported, and a style deleted in the dialog comes back by Ctrl+Z there", async ({
  studio: { page },
}) => {
  await page.getByRole("button", { name: "Style", exact: true }).press("Enter");
  await page.getByRole("button", { name: "Manage styles…" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Styles" });
  // The list that it was opened from has the same name until it has closed.
  await expect(dialog).toHaveCount(1);
  await expect(dialog.getByText("Save one from this form, or import a list.")).toBeVisible();
  const csv = '\ufeffname,prompt\r\nInk,"ink of {prompt}, ""fine"""\r\nInk,other\r\n,nameless\r\n';
  const file = { name: "styles.csv", mimeType: "text/csv", buffer: Buffer.from(csv) };
  await page.locator('input[type="file"][accept*=".csv"]').setInputFiles(file);
  await expect(
    page.getByText("2 styles added · 1 renamed, since its name was taken"),
  ).toBeVisible();
  await dialog.getByRole("button", { name: "Delete the style Ink", exact: true }).press("Enter");
  await expect(dialog.getByText('ink of {prompt}, "fine"')).toBeHidden();
  await expect(page.getByText("Ink deleted")).toBeVisible();
  await page.keyboard.press("Control+z");
  await expect(dialog.getByText('ink of {prompt}, "fine"')).toBeVisible();
  await expectNoViolations(page);
});
