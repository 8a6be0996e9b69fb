import { fillGallery } from "./fill-gallery.ts";
import { expectSeen, tabTo } from "./key-walk.ts";
import { expect, test } from "./studio-test.ts";

test("Generate is used by keys alone: prompt, settings, press, cancel, sheet, menu, styles, history", async ({
  studio: { page },
}) => {
  const keys = page.keyboard;
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const field = (name: string) => page.getByRole("spinbutton", { name, exact: true });
  const prompt = page.getByRole("textbox", { name: "Prompt", exact: true });
  const enter = async (name: string, value: string) => {
    await tabTo(page, field(name));
    await keys.press("Control+a");
    await keys.type(value);
  };
  await expect(field("Width")).toHaveValue("128");
  await keys.press("Alt+a");
  await keys.type("a red circle");
  await tabTo(page, page.getByRole("radio", { name: "Exact" }));
  await keys.press("ArrowRight");
  await keys.press("ArrowLeft");
  await enter("Steps", "1000");
  await enter("Count", "4");
  await tabTo(page, button("Generate"));
  await keys.press("Enter");

  await expect(page.getByText("4 pictures left in this batch")).toBeVisible();
  await expectSeen(page);
  await expect(page.getByRole("progressbar", { name: /being drawn/ })).toBeVisible();
  await tabTo(page, button("Cancel one"));
  await keys.press("Enter");
  await expect(page.getByText("3 pictures left in this batch")).toBeVisible();
  await tabTo(page, button("Cancel all 3"), "Shift+Tab");
  await keys.press("Enter");
  await expect(page.getByText("3 pictures cancelled")).toBeVisible();
  await expect(page.getByText("Queue empty")).toBeVisible();
  await expectSeen(page);

  // The model, and two quick pictures on a sheet.
  await tabTo(page, page.getByRole("button", { name: /Model$/ }).first(), "Shift+Tab");
  await keys.press("Enter");
  await expect(page.getByRole("option", { name: /starter/i })).toBeFocused();
  await keys.press("Escape");
  await expectSeen(page);
  await enter("Steps", "2");
  await enter("Count", "2");
  await keys.press("Control+Enter");
  await expect(page.getByText("2 of 2 ready")).toBeVisible();
  const cells = page.getByRole("listbox", { name: "Pictures of one batch" }).getByRole("option");
  await tabTo(page, cells.first());
  await keys.press("Shift+ArrowRight");
  await tabTo(page, button("Compare"));
  await keys.press("Enter");
  await expect(page.getByRole("slider", { name: "Divider" })).toBeFocused();
  await keys.press("Escape");
  await expect(button("Compare")).toBeFocused();
  await expectSeen(page);

  // What is picked on the sheet is what the keys act on; both are still picked.
  await tabTo(page, cells.last(), "Shift+Tab");
  await keys.press("Home");
  await expect(cells.first()).toBeFocused();
  await keys.press("Enter");
  await tabTo(
    page,
    page.getByRole("listbox", { name: "This session" }).getByRole("option", { selected: true }),
  );
  await keys.press("Shift+F10");
  await expect(page.getByRole("menu")).toBeFocused();
  await keys.press("ArrowUp");
  await expect(page.getByRole("menuitem").last()).toBeFocused();
  await keys.press("Escape");
  // Keys act again when the menu has faded out.
  await expect(page.getByRole("menu")).toHaveCount(0);
  await expectSeen(page);
  await keys.press("m");
  await expect(page.getByText(/of 4 ready/)).toBeVisible();
  await expect(page.getByText("4 of 4 ready")).toBeVisible();

  // A style that is saved and used, an older prompt, and a start image.
  await keys.press("Alt+a");
  await tabTo(page, button("Style"));
  await keys.press("Enter");
  await expectSeen(page);
  await tabTo(page, button("Save as style…"));
  await keys.press("Enter");
  await keys.type("Sketch");
  await keys.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectSeen(page);
  await keys.press("Alt+a");
  await keys.press("Control+a");
  await keys.type("something else");
  await tabTo(page, button("Earlier prompts"), "Shift+Tab");
  await keys.press("Enter");
  await keys.press("ArrowDown");
  const earlier = page.getByRole("listbox", { name: "Earlier prompts" });
  await expect(earlier.getByRole("option").first()).toHaveAttribute("data-focused");
  await keys.press("Enter");
  await expect(prompt).toHaveValue("a red circle");
  await expectSeen(page);
});

const PICTURES = 200;

test("the Gallery is used by keys alone: search, several, marks, compare, ZIP, trash, undo, details", async ({
  studio,
}) => {
  const { page } = studio;
  const keys = page.keyboard;
  await fillGallery(studio, PICTURES);
  const total = (count: number) => page.getByText(`${count} pictures`, { exact: true });
  await tabTo(page, page.getByRole("link", { name: "Gallery" }));
  await keys.press("Enter");
  await expect(total(PICTURES)).toBeVisible();
  const grid = page.getByRole("grid", { name: "Gallery" });
  const cells = grid.getByRole("gridcell");
  const selected = grid.getByRole("gridcell", { selected: true });

  await keys.press("/");
  await expect(page.getByRole("searchbox", { name: "Search" })).toBeFocused();
  await keys.type("nothing like this");
  await expect(page.getByText("No picture matches.")).toBeVisible();
  await keys.press("Control+a");
  await keys.press("Delete");
  await expect(total(PICTURES)).toBeVisible();

  await tabTo(page, cells.first());
  await keys.press("Space");
  await keys.press("Space");
  await keys.press("Enter");
  await expect(page.getByRole("region", { name: "Open picture" })).toBeVisible();
  await keys.press("Escape");
  await expect(cells.first()).toBeFocused();
  await keys.press("Shift+ArrowRight");
  await expect(selected).toHaveCount(2);
  await keys.press("4");
  await expect(page.getByRole("img", { name: /rated 4 of 5/ })).toHaveCount(2);
  await keys.press("t");
  await expect(page.getByRole("dialog", { name: "Tags of 2 pictures" })).toBeVisible();
  await expect(page.locator("[role=dialog] input:not([type=checkbox])")).toBeFocused();
  await keys.type("boats");
  await keys.press("Enter");
  await keys.press("Enter");
  await expect(page.getByText("2 pictures tagged “boats”")).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectSeen(page);
  await keys.press("b");
  await expect(page.getByRole("dialog", { name: "Albums of 2 pictures" })).toBeVisible();
  await expect(page.locator("[role=dialog] input:not([type=checkbox])")).toBeFocused();
  await keys.type("Sea");
  await keys.press("Enter");
  await keys.press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expectSeen(page);
  await keys.press("c");
  await expect(page.getByRole("slider", { name: "Divider" })).toBeFocused();
  await keys.press("Escape");
  await expect(selected).toHaveCount(2);
  await expectSeen(page);
  const downloading = page.waitForEvent("download");
  await keys.press("e");
  expect((await downloading).suggestedFilename()).toMatch(/\.zip$/);

  await keys.press("Delete");
  await expect(total(PICTURES - 2)).toBeVisible();
  await expectSeen(page);
  await keys.press("Control+z");
  await expect(total(PICTURES)).toBeVisible();
  await expectSeen(page);
  const details = page.getByRole("complementary", { name: "Details" });
  const isShown = await details.isVisible();
  await keys.press("i");
  await expect(details).toBeVisible({ visible: !isShown });
  await expectSeen(page);
  await tabTo(page, page.getByRole("button", { name: "Import", exact: true }), "Shift+Tab");
  await keys.press("Enter");
  await expect(page.getByRole("menu")).toBeFocused();
  // Asked for before the keys: Chromium needs a moment to hand choosers over instead of showing them.
  const choosing = page.waitForEvent("filechooser");
  await keys.press("ArrowDown");
  await expect(page.getByRole("menuitem").first()).toBeFocused();
  await keys.press("Enter");
  await choosing;
  await tabTo(page, page.getByRole("slider", { name: "Timeline" }));
});
