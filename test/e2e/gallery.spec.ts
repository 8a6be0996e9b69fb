import { rmSync } from "node:fs";
import { join } from "node:path";
import { pixels } from "../../engine/image/pixels.ts";
import { encodePng } from "../../engine/image/png/png.ts";
import { writeFullGallery } from "../bench/full-gallery.ts";
import { dropSettings } from "./drop-settings.ts";
import { drawPicture, tileOf } from "./draw-picture.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

test("searches, stars, trashes and undoes it", async ({ studio: { page } }) => {
  for (const prompt of ["a red house", "a blue boat", "a yellow star"])
    await drawPicture(page, prompt);
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(tileOf(page, "a red house")).toBeVisible();

  await page.getByRole("searchbox", { name: "Search" }).fill("boa");
  await expect(tileOf(page, "a blue boat")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await page.getByRole("searchbox", { name: "Search" }).fill("");

  await tileOf(page, "a yellow star").click();
  // Leaving the page immediately would abort the request.
  const starred = page.waitForResponse(/\/rpc\/gallery\/star/);
  await page.keyboard.press(".");
  await (await starred).finished();
  await expect(tileOf(page, "a yellow star.*favourite")).toBeVisible();
  await page.goto(new URL("/gallery?starred=true", page.url()).href);
  await expect(tileOf(page, "a yellow star")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);

  await page.goto(new URL("/gallery", page.url()).href);
  await tileOf(page, "a red house").click();
  await page.keyboard.press("Delete");
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(tileOf(page, "a red house")).toBeVisible();
});

test("the settings of a dropped picture are applied", async ({ studio: { page, dataFolder } }) => {
  await drawPicture(page, "a purple balloon on a yellow background");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("something else");
  await dropSettings(page, dataFolder);
  await expect(page.getByRole("textbox", { name: "Prompt", exact: true })).toHaveValue(
    "a purple balloon on a yellow background",
  );
});

test("settings are searched for, with suggestions, by keys alone", async ({ studio: { page } }) => {
  for (const prompt of ["a red house", "a blue boat"]) await drawPicture(page, prompt);
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(tileOf(page, "a red house")).toBeVisible();
  await page.keyboard.press("/");
  await expect(page.getByRole("option", { name: "seed:" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("listbox")).toHaveCount(0);
  await page.keyboard.type("boat ste");
  await expect(page.getByRole("option", { name: /^steps:/ })).toBeVisible();
  await expectNoViolations(page);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const search = page.getByRole("searchbox", { name: "Search" });
  await expect(search).toHaveValue("boat steps:");
  // A key that is typed past a chosen suggestion is text: "e" exports, "s" and "d" take settings.
  await page.keyboard.press("Control+a");
  await page.keyboard.type("se");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.type("ed");
  await expect(search).toHaveValue("seed");
  await expect(page.getByText(/^Download started/)).toHaveCount(0);
  await search.fill("boat steps:");
  await expect(search).toBeFocused();
  await page.keyboard.type("2 ");
  await expect(tileOf(page, "a blue boat")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await search.fill("steps:many");
  await expect(page.getByText("“steps:many” is not a valid search term")).toBeVisible();
  await search.fill("");
  await tileOf(page, "a blue boat").click({ button: "right" });
  await page.getByRole("menuitem", { name: "Find pictures with this prompt" }).click();
  await expect(search).toHaveValue("");
  await expect(tileOf(page, "a blue boat")).toBeVisible();
  await expect(tileOf(page, "a red house")).toHaveCount(0);
  await page.getByRole("button", { name: "Remove “With the same prompt”" }).click();
  await expect(tileOf(page, "a red house")).toBeVisible();
  await tileOf(page, "a blue boat").click();
  const details = page.getByRole("region", { name: "Details" });
  await details.getByRole("button", { name: "Find pictures with this seed" }).click();
  await expect(search).toHaveValue(/^seed:\d+$/);
  await expect(tileOf(page, "a red house")).toHaveCount(0);
});

test("imports dropped pictures once, names other files, and undoes it", async ({
  studio: { page },
}) => {
  await page.goto(new URL("/gallery", page.url()).href);
  await expect(page.getByRole("button", { name: "Draw a picture" })).toBeVisible();
  const picture = Buffer.from(encodePng(pixels(4, 4, new Uint8Array(48)))).toString("base64");
  const drop = async () => {
    const data = await page.evaluateHandle((base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
      const dropped = new DataTransfer();
      for (const name of ["sea.png", "copy of sea.png"])
        dropped.items.add(new File([bytes], name, { type: "image/png" }));
      dropped.items.add(new File(["words"], "notes.txt", { type: "text/plain" }));
      return dropped;
    }, picture);
    const place = page.getByRole("main");
    for (const type of ["dragenter", "dragover", "drop"])
      await place.locator("h1").dispatchEvent(type, { dataTransfer: data });
  };
  await drop();
  await expect(page.getByText("1 picture imported. 1 was already in the gallery.")).toBeVisible();
  const tile = page.getByRole("grid", { name: "Gallery" }).getByRole("img");
  await expect(tile).toHaveCount(1);
  await page.getByText("1 file was not imported").click();
  await expect(page.getByText("it is neither PNG nor JPEG nor WebP")).toBeVisible();
  await expectNoViolations(page);
  await page.getByRole("button", { name: "Dismiss" }).first().click();
  await page.keyboard.press("Control+z");
  await expect(tile).toHaveCount(0);
  await drop();
  await expect(tile).toHaveCount(1);
});

test("a timeline leads through many days by keys and by dragging", async ({ studio }) => {
  const { page, dataFolder } = studio;
  writeFullGallery(dataFolder, 240);
  rmSync(join(dataFolder, "gallery.sqlite"));
  await studio.restart();
  await page.goto(new URL("/gallery", page.url()).href);
  const timeline = page.getByRole("slider", { name: "Timeline" });
  await expect(timeline).toHaveAttribute("aria-valuemax", "240");
  await timeline.focus();
  await page.keyboard.press("PageDown");
  await expect(timeline).toHaveAttribute("aria-valuetext", /October 2026, /);
  await expect(page.getByRole("rowheader", { name: /October 2026/ }).first()).toBeInViewport();
  await page.keyboard.press("End");
  await expect(timeline).toHaveAttribute("aria-valuetext", /2024, /);
  await page.keyboard.press("Home");
  await expect(timeline).toHaveAttribute("aria-valuenow", "1");
  const box = await timeline.boundingBox();
  if (box === null) throw new Error("the timeline has no place");
  await page.mouse.move(box.x + 10, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + 10, box.y + box.height / 2, { steps: 4 });
  await expect(timeline).toHaveAttribute("aria-valuetext", /2025, /);
  await expect(timeline.getByText(/2025$/).last()).toBeVisible();
  await expectNoViolations(page);
  await page.mouse.up();
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(timeline).toBeHidden();
});

test("the import button offers pictures or a folder", async ({ studio: { page } }) => {
  await page.goto(new URL("/gallery", page.url()).href);
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: "Import pictures…" })).toBeVisible();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("menuitem", { name: "Import a folder…" }).click();
  expect((await chooser).isMultiple()).toBe(true);
});
