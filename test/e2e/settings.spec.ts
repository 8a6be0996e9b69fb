import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expect, test } from "./studio-test.ts";

/** What the page announced: a recording fake of the browser's notifications and sounds. */
interface Told {
  readonly notices: string[];
  notes: number;
}

declare global {
  interface Window {
    told: Told;
  }
}

async function record(page: Page): Promise<void> {
  await page.context().grantPermissions(["notifications"]);
  await page.addInitScript(() => {
    const told: Told = { notices: [], notes: 0 };
    window.told = told;
    class RecordedNotification extends EventTarget {
      static readonly permission = "granted";
      constructor(title: string, { body = "" }: NotificationOptions = {}) {
        super();
        told.notices.push(`${title}: ${body}`);
      }
      close(): void {}
    }
    Object.defineProperty(window, "Notification", { value: RecordedNotification });
    // oxlint-disable-next-line typescript/unbound-method -- it is called on the oscillator below.
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, when) {
      told.notes++;
      start.call(this, when);
    };
  });
  await page.reload();
}

/** Draws `count` pictures, each of which takes much longer than the second after which a run is long. */
async function drawLong(page: Page, prompt: string, count: number): Promise<void> {
  await page.getByRole("link", { name: "Generate" }).click();
  await page.getByRole("spinbutton", { name: "Steps" }).fill("60");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await page.getByRole("spinbutton", { name: "Count" }).fill(String(count));
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const tiles = page.getByRole("listbox", { name: "This session" }).getByRole("option");
  await expect(tiles.filter({ hasNotText: /waiting|drawing/ })).toHaveCount(count);
}

test("a line is found by its words and by the palette, and says where it is stored", async ({
  studio: { page, dataFolder },
}) => {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("chime");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/settings\?line=sound$/);
  await expect(page.getByRole("group", { name: "Sound" })).toBeFocused();
  // Once for all lines of the section.
  await expect(
    page.getByRole("region", { name: "Notifications" }).getByText(/^Stored in/),
  ).toHaveText(`Stored in ${dataFolder}/settings.json.`);
  await expect(page.getByRole("group", { name: "Sound" })).toHaveAccessibleDescription(/Stored in/);
  await expectNoViolations(page);

  const search = page.getByRole("searchbox", { name: "Search settings" });
  await search.fill("hf_endpoint");
  await expect(page.getByRole("group", { name: "Address of the hub" })).toContainText(
    `Stored in ${dataFolder}/settings.json.`,
  );
  await expect(page.getByRole("region", { name: "Appearance" })).toBeHidden();
  await page.reload();
  await expect(search).toHaveValue("hf_endpoint");
  await search.fill("no such setting");
  await page.getByRole("button", { name: "Show all settings" }).click();
  await expect(page.getByRole("region", { name: "Appearance" })).toBeVisible();
});

test("the device in the status bar leads to its line, which says what computes in int8 as well", async ({
  studio: { page },
}) => {
  const status = page.getByRole("contentinfo", { name: "Status" });
  await status.getByRole("button", { name: /^This computer/ }).click();
  await expect(page.getByRole("group", { name: "Device", exact: true })).toBeFocused();
  const row = page.getByRole("listitem").filter({ hasText: "Processor" });
  await expect(row).toContainText("single precision or int8");
});

test("the palette leads to what takes disk space, and on to the trash", async ({
  studio: { page },
}) => {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("disk full");
  await page.keyboard.press("Enter");
  const line = page.getByRole("group", { name: "Disk space" });
  await expect(line).toContainText("in 1 model");
  await expect(line).toContainText("0 pictures");
  await expectNoViolations(page);
  await line.getByRole("button", { name: "Open the trash" }).click();
  await expect(page.getByText("The trash is empty.")).toBeVisible();
});

test("the picture folder is chosen in a dialog, in a browser too", async ({
  studio: { page, dataFolder },
}, { project }) => {
  test.skip(project.name === "desktop", "the system's own dialog");
  mkdirSync(join(dataFolder, "elsewhere"));
  await page.goto(new URL("/settings?line=pictureFolder", page.url()).href);
  const line = page.getByRole("group", { name: "Picture folder" });
  await line.getByRole("textbox", { name: "Folder" }).fill(dataFolder);
  await line.getByRole("button", { name: "Choose…" }).click();
  const dialog = page.getByRole("dialog", { name: "Folder" });
  await dialog.getByRole("row", { name: "elsewhere" }).click();
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Choose this folder" }).click();
  await expect(line.getByRole("textbox", { name: "Folder" })).toHaveValue(
    join(dataFolder, "elsewhere"),
  );
  await expect(line.getByRole("button", { name: "Use default folder" })).toBeVisible();
  await line.getByRole("button", { name: "Use default folder" }).click();
  await expect(line.getByRole("button", { name: "Use default folder" })).toBeHidden();
});

test("a folder that cannot hold pictures is refused at its field, and the text stays", async ({
  studio: { page, dataFolder },
}) => {
  await page.goto(new URL("/settings?line=pictureFolder", page.url()).href);
  const line = page.getByRole("group", { name: "Picture folder" });
  const folder = line.getByRole("textbox", { name: "Folder" });
  const save = line.getByRole("button", { name: "Save" });
  for (const [path, reason] of [
    ["/etc/passwd/x", /a file is in the way/],
    [join(dataFolder, "settings.json"), /a file is in the way/],
    ["/proc/1/fd", /cannot write there/],
  ] as const) {
    await folder.fill(path);
    await folder.press("Enter");
    await expect(line.getByText(reason)).toBeVisible();
    await expect(folder).toHaveValue(path);
    await expect(folder).toHaveAttribute("aria-invalid", "true");
  }
  await expectNoViolations(page);
  await folder.fill("pictures");
  await expect(line.getByText(/^Enter a full path, starting with \//)).toBeVisible();
  await expect(save).toBeDisabled();
  await folder.fill(join(dataFolder, "made", "here"));
  await save.press("Enter");
  await expect(line.getByRole("status")).toHaveText("Saved");
  await expect(line.getByRole("button", { name: "Use default folder" })).toBeVisible();
  expect(existsSync(join(dataFolder, "made", "here"))).toBe(true);
});

test("the example is the file that is written, for odd patterns too", async ({
  studio: { page, dataFolder },
}) => {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red fish");
  await page.getByRole("textbox", { name: "Seed" }).fill("7");
  await page.getByRole("spinbutton", { name: "Steps" }).fill("1");
  for (const [pattern, name] of [
    ["../{seed}:{not a word}?", "7{not a word}.png"],
    ["con\\a/{width}x{height}.png", "_con/a/128x128.png"],
    ["..", "picture.png"],
  ] as const) {
    await page.getByRole("link", { name: "Settings" }).click();
    const line = page.getByRole("group", { name: "File names" });
    await line.getByRole("textbox").fill(pattern);
    await expect(line.getByText(`For example ${name}`)).toBeVisible();
    await line.getByRole("textbox").press("Enter");
    await expect(line.getByRole("status")).toHaveText("Saved");
    await expect(line.getByRole("button", { name: "Save" })).toBeDisabled();
    await page.getByRole("link", { name: "Generate" }).click();
    await page.getByRole("button", { name: "Generate", exact: true }).click();
    await expect.poll(() => existsSync(join(dataFolder, "gallery", name))).toBe(true);
  }
  await page.getByRole("link", { name: "Settings" }).click();
  const line = page.getByRole("group", { name: "File names" });
  await line.getByRole("textbox").fill("");
  await expect(line.getByRole("button", { name: "Save" })).toBeDisabled();
  await expect(line.getByRole("button", { name: "Save" })).toHaveAccessibleDescription(
    "Enter a pattern.",
  );
  await line.getByRole("textbox").fill("x".repeat(201));
  await expect(line.getByText("At most 200 characters.")).toBeVisible();
  await expect(line.getByRole("button", { name: "Save" })).toBeDisabled();
  await line.getByRole("textbox").fill("{seed}-{nope}");
  await expect(line.getByText("{nope} is not one of the words")).toBeVisible();
  await expect(line.getByRole("button", { name: "Save" })).toBeDisabled();
});

test("a long run of several pictures is announced once, with a sound", async ({
  studio: { page },
}) => {
  await record(page);
  await page.getByRole("link", { name: "Settings" }).click();
  await page.getByRole("radio", { name: "Always" }).click();
  const seconds = page.getByRole("spinbutton", { name: /^Length of a long run/ });
  await seconds.fill("1");
  await seconds.blur();
  await page.getByText("Play a sound").click();
  await expect.poll(() => page.evaluate(() => window.told.notes)).toBe(2);
  await page.getByRole("button", { name: "Try it" }).click();
  expect(await page.evaluate(() => window.told.notices)).toHaveLength(1);

  await drawLong(page, "a red fish", 2);
  await expect
    .poll(() => page.evaluate(() => window.told.notices.slice(1)))
    .toEqual([expect.stringMatching(/^2 pictures finished: a red fish · took /)]);
  await expect.poll(() => page.evaluate(() => window.told.notes)).toBe(4);
});
