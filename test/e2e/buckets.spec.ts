import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { expectSeen } from "./key-walk.ts";
import { beginPublishing, connect, publish } from "./publishing.ts";
import { expect, test } from "./studio-test.ts";

const CONFIG = "stable-diffusion/config/config.properties";
const MAR = "stable-diffusion/model-store/stable-diffusion.mar";

function row(page: Page, name: RegExp) {
  return page.getByRole("grid").getByRole("row", { name });
}

/** The conclusion of the checklist for the published folder. */
async function expectVerdict(page: Page, verdict: RegExp): Promise<void> {
  await page.getByRole("button", { name: "models", exact: true }).click();
  await row(page, /^stable-diffusion\b/).click();
  await page.getByRole("button", { name: "Deployable?" }).click();
  await expect(page.getByRole("region", { name: "Deployable?" })).toContainText(verdict);
}

test("publishes the starter under the document's names, breaks it, repairs it, and imports it again to draw", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  const bucket = s3.bucket("models");
  await connect(page, s3);
  let dialog = await publish(page);
  expect(bucket.keys()).toEqual([CONFIG, MAR]);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Show it in the bucket" }).click();
  await expectVerdict(page, /It can be deployed/);

  await row(page, /^stable-diffusion\b/).dblclick();
  await row(page, /config/).click();
  await page.keyboard.press("Delete");
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await expect(row(page, /config/)).toBeHidden();
  await expectVerdict(page, /It cannot be deployed/);
  dialog = await publish(page);
  expect(bucket.keys()).toEqual([CONFIG, MAR]);
  await dialog.getByRole("button", { name: "Show it in the bucket" }).click();
  await expectVerdict(page, /It can be deployed/);

  bucket.put(MAR, { bytes: bucket.get(MAR).bytes.subarray(0, 1 << 20) });
  await page.getByRole("button", { name: "Check again" }).click();
  const checklist = page.getByRole("region", { name: "Deployable?" });
  await expect(checklist).toContainText(/It cannot be deployed/);
  dialog = await publish(page);
  await dialog.getByRole("button", { name: "Show it in the bucket" }).click();
  await expectVerdict(page, /It can be deployed/);

  await row(page, /^stable-diffusion\b/).dblclick();
  await row(page, /model-store/).dblclick();
  await row(page, /stable-diffusion\.mar/).click();
  await page
    .getByRole("toolbar", { name: "Selection" })
    .getByRole("button", { name: "Import model" })
    .click();
  await page.getByRole("button", { name: "Draw with it" }).click();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  const steps = page.getByRole("spinbutton", { name: "Steps" });
  await steps.fill("4");
  await steps.blur();
  await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  const strip = page.getByRole("listbox", { name: "This session" });
  await expect(strip.getByRole("option", { name: "a red house", exact: true })).toBeVisible();
});

test("publishing from Models goes on where a connection was missing, into a bucket of the list", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  const bucket = s3.bucket("models");
  await page.getByRole("link", { name: "Models" }).click();
  await page.getByRole("button", { name: "Publish to bucket" }).click();
  await page.getByRole("button", { name: "Add a connection" }).click();
  const form = page.getByRole("dialog", { name: "Add a connection" });
  await form.getByRole("textbox", { name: "Access key" }).fill(s3.accessKey);
  await form.getByRole("textbox", { name: "Secret key" }).fill(s3.secretKey);
  await form.getByRole("textbox", { name: "Endpoint" }).fill(s3.origin);
  await form.getByRole("button", { name: "Save and test" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish starter to a bucket" });
  await expect(dialog.getByRole("button", { name: /models.* Bucket$/ })).toBeVisible();
  await expect(dialog.getByRole("button", { name: /starter.* Model$/ })).toBeVisible();
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Publish to bucket" }).click();
  await expect(dialog.getByText(/is in the bucket and was verified/)).toBeVisible();
  expect(bucket.keys()).toContain("starter/model-store/starter.mar");
});

test("a connection leads to its problem, and lists the bucket once that is fixed", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models").put("notes.txt", { bytes: Buffer.from("x") });
  await page.goto(new URL("/buckets", page.url()).href);
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog");
  const field = (name: string) => dialog.getByRole("textbox", { name, exact: true });
  const save = dialog.getByRole("button", { name: "Save and test" });
  await save.click();
  await expect(field("Access key")).toBeFocused();
  await expect(dialog.getByText("Enter the access key.")).toBeVisible();
  // Nothing has been tried with this source yet.
  await dialog.getByRole("radio", { name: "Connection Secret (YAML)" }).click();
  await expect(dialog.getByText("Paste the Secret")).toBeHidden();
  await dialog.getByRole("radio", { name: "Enter the values" }).click();
  await field("Connection name").fill("lab");
  await field("Access key").fill(s3.accessKey);
  await field("Secret key").fill("wrong");
  await field("Endpoint").fill(s3.origin);
  await field("Bucket").fill("models");
  await save.click();
  await expect(dialog.getByText(/does not accept the keys/)).toBeVisible();
  await expect(field("Secret key")).toBeFocused();
  await expect(dialog.getByRole("heading", { name: "Edit lab" })).toBeVisible();
  await field("Access key").fill(s3.accessKey);
  await field("Secret key").fill(s3.secretKey);
  await save.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(row(page, /notes\.txt/)).toBeVisible();
});

test("rows that cannot be refreshed stay, with their age and the reason, until another try", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models").put("notes.txt", { bytes: Buffer.from("x") });
  await connect(page, s3);
  await expect(row(page, /notes\.txt/)).toBeVisible();
  s3.troubles.push({
    hits: ({ query }) => query.has("list-type"),
    does: { kind: "refuse", status: 403, code: "AccessDenied" },
  });
  await page.getByRole("button", { name: "Refresh" }).click();
  const line = page.getByRole("status").filter({ hasText: /Not up to date, last read at/ });
  await expect(line).toContainText(/keys/);
  await expect(row(page, /notes\.txt/)).toBeVisible();
  await expectNoViolations(page);
  s3.troubles.length = 0;
  await line.getByRole("button", { name: "Try again" }).click();
  await expect(line).toBeHidden();
  await expect(row(page, /notes\.txt/)).toBeVisible();
});

test("a cancelled publish says so, leaves nothing half sent, and returns to what was entered", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  s3.bucket("models");
  await connect(page, s3);
  s3.troubles.push({
    hits: ({ method, bytes }) => method === "PUT" && bytes > 1 << 20,
    times: 1,
    does: { kind: "wait", ms: 30_000 },
  });
  const dialog = await beginPublishing(page);
  await dialog.getByRole("button", { name: "Cancel publishing" }).click();
  await expect(dialog.getByText(/was cancelled/)).toBeVisible();
  expect(s3.bucket("models").keys()).toEqual([]);
  await dialog.getByRole("button", { name: "Publish again" }).click();
  await expect(dialog.getByRole("textbox", { name: "Model name" })).toHaveValue("stable-diffusion");
});

test("folders are opened and left by keys, and the focus goes along", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  const bucket = s3.bucket("models");
  for (const key of ["a/1.txt", "b/deep/2.txt", "b/3.txt"])
    bucket.put(key, { bytes: Buffer.alloc(1) });
  await connect(page, s3);
  await row(page, /^b\b/).click();
  const keys = page.keyboard;
  await keys.press("Enter");
  await expect(row(page, /^deep\b/)).toBeFocused();
  await keys.press("Enter");
  await expect(row(page, /^2\.txt/)).toBeFocused();
  await expectSeen(page);
  await keys.press("Backspace");
  await expect(row(page, /^deep\b/)).toBeFocused();
  await keys.press("ArrowDown");
  await expect(row(page, /^3\.txt/)).toBeFocused();
  await keys.press("Backspace");
  await expect(row(page, /^b\b/)).toBeFocused();
  await expect(row(page, /^b\b/)).toHaveAttribute("aria-selected", "true");
  // A row's menu is about that row, whatever was selected before.
  await row(page, /^a\b/).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Open" }).click();
  await expect(row(page, /^1\.txt/)).toBeVisible();
});

const MANY = 10_000;

test("10,000 keys are browsed, searched, sorted and selected", async ({ studio: { page } }) => {
  await using s3 = await S3Server.start();
  const bucket = s3.bucket("models");
  for (let i = 0; i < MANY; i++) {
    const key = `renders/${String(i).padStart(5, "0")}.png`;
    bucket.put(key, { bytes: Buffer.alloc(i === 4321 ? 50 : i % 7) });
  }
  await connect(page, s3);
  await row(page, /renders/).dblclick();
  const grid = page.getByRole("grid");
  await expect(row(page, /00000\.png/)).toBeVisible();
  await row(page, /00000\.png/).click();
  // More rows are read whenever the end is near; there was never a table of all of them.
  await expect(async () => {
    await page.keyboard.press("End");
    await expect(row(page, /09999\.png/)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(grid).toHaveAttribute("aria-rowcount", String(MANY + 1));
  expect(await grid.getByRole("row").count()).toBeLessThan(200);

  await page.keyboard.press("Control+a");
  await expect(page.getByText(/^10,000 selected/)).toBeVisible();

  await page.getByRole("button", { name: "Size" }).click();
  await expect(grid.getByRole("columnheader", { name: "Size" })).toHaveAttribute(
    "aria-sort",
    "descending",
  );
  // A new order starts at the top, wherever the focused row has moved.
  await expect(grid.getByRole("row").nth(1)).toContainText("04321.png");
  expect(await grid.evaluate((element) => element.scrollTop)).toBe(0);
  const search = page.getByRole("searchbox", { name: "Search this folder" });
  await search.fill("0432");
  await expect(page.getByText("11 items", { exact: true })).toBeVisible();
  await expect(grid.getByRole("row").nth(1)).toContainText("04321.png");
  await expectNoViolations(page);
});

test("files and folders are uploaded and downloaded, and nothing is replaced unasked", async ({
  studio: { page, dataFolder },
}) => {
  await using s3 = await S3Server.start();
  const bucket = s3.bucket("models");
  bucket.put("notes.txt", { bytes: Buffer.from("before") });
  const folder = test.info().outputPath("up");
  mkdirSync(join(folder, "toys/deep"), { recursive: true });
  writeFileSync(join(folder, "notes.txt"), "after");
  writeFileSync(join(folder, "toys/deep/a.bin"), Buffer.alloc(20 << 20, 7));
  await connect(page, s3);
  const choose = async (entry: string, paths: string | string[]) => {
    await page.getByRole("button", { name: "Upload", exact: true }).click();
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("menuitem", { name: entry }).click();
    await (await chooser).setFiles(paths);
  };
  await choose("Upload files", [join(folder, "notes.txt")]);
  const question = page.getByRole("alertdialog", { name: "Replace notes.txt?" });
  await question.getByRole("button", { name: "Keep it" }).click();
  expect(bucket.get("notes.txt").bytes.toString()).toBe("before");
  await choose("Upload files", [join(folder, "notes.txt")]);
  await question.getByRole("button", { name: "Replace" }).click();
  await expect(page.getByText("notes.txt is in the bucket")).toBeVisible();
  expect(bucket.get("notes.txt").bytes.toString()).toBe("after");
  await choose("Upload a folder", join(folder, "toys"));
  await expect(row(page, /toys/)).toBeVisible();
  expect(bucket.get("toys/deep/a.bin").bytes.length).toBe(20 << 20);

  await row(page, /toys/).click();
  await page.getByRole("button", { name: "Download" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Download" }).click();
  await expect(page.getByText(`Saved as ${join(dataFolder, "downloads", "toys")}`)).toBeVisible();

  // The data that a browser reads when an object is dragged out and dropped on the desktop.
  const notes = row(page, /notes\.txt/);
  const signed = page.waitForResponse(/buckets\/link/);
  await notes.dispatchEvent("pointerdown", { button: 0 });
  await (await signed).finished();
  await page.waitForTimeout(100);
  const dragged = await notes.evaluate((element) => {
    const dataTransfer = new DataTransfer();
    element.dispatchEvent(new DragEvent("dragstart", { bubbles: true, dataTransfer }));
    return dataTransfer.getData("DownloadURL");
  });
  expect(dragged).toMatch(/^application\/octet-stream:notes\.txt:http.*X-Amz-Signature=/);

  // Drops a file as another program does.
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(["dropped"], "dropped.txt"));
    const target = document.querySelector('[role="grid"]');
    for (const type of ["dragenter", "dragover", "drop"])
      target?.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
  });
  await expect(row(page, /dropped\.txt/)).toBeVisible();
  expect(bucket.get("dropped.txt").bytes.toString()).toBe("dropped");
});
