import { expect, test } from "./studio-test.ts";

test("nothing on the page looks alive while the studio is down", async ({ studio }, {
  project,
}) => {
  test.skip(project.name === "desktop", "the window starts its host again at once");
  const { page } = studio;
  await page.getByRole("spinbutton", { name: "Steps" }).fill("500");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  const generate = page.getByRole("button", { name: "Generate", exact: true });
  await generate.click();
  const status = page.getByRole("contentinfo", { name: "Status" });
  const icon = page.locator('link[rel="icon"]');
  await expect(page).toHaveTitle("(1) Generate · Darkroom");
  await expect(icon).toHaveAttribute("href", /busy/);
  await expect(status.getByRole("button").first()).toBeVisible();
  const bar = page.getByRole("progressbar", { name: /being drawn/ });
  await expect(bar).toBeVisible();
  const stage = page.getByRole("region", { name: "Picture", exact: true });
  await expect(stage.getByText(/^Step \d+ of 500$/)).toBeVisible();

  await studio.restart("SIGKILL", async () => {
    await expect(status).toHaveText(/^No connection since \d\d:\d\d, trying again$/);
    await expect(status.getByRole("button")).toHaveCount(0);
    await expect(page).toHaveTitle("Generate · Darkroom");
    await expect(icon).toHaveAttribute("href", /idle/);
    await expect(bar).toHaveCount(0);
    await expect(stage.getByText("Not known while the studio does not answer")).toBeVisible();
  });
  await expect(status.getByText(/No connection/)).toBeHidden();
  await expect(status.getByRole("button").first()).toBeVisible();
  await expect(stage.getByText("Interrupted when Darkroom closed")).toBeVisible();
  await expect(page).toHaveTitle("Generate · Darkroom");
  await generate.click();
  await expect(page).toHaveTitle("(1) Generate · Darkroom");
  await expect(bar).toBeVisible();
});
