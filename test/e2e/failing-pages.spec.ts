import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { notebookService } from "../fakes/notebook-service.ts";
import { openStandIn } from "../fakes/stand-in-endpoint.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { fillGallery } from "./fill-gallery.ts";
import { connect } from "./publishing.ts";
import { addEndpoint, call } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

const SHORTAGE = new URL("../fakes/memory-shortage.ts", import.meta.url).href;

/** A phone, a tablet and a large screen. */
const SIZES = [
  { width: 390, height: 844 },
  { width: 1024, height: 768 },
  { width: 1600, height: 1000 },
] as const;

/** The page as it is, at every size and in both themes, which differ in their colours only. */
async function expectUsable(page: Page, what: string, failure: Locator): Promise<void> {
  for (const size of SIZES) {
    await test.step(`${what} at ${size.width}`, async () => {
      await page.setViewportSize(size);
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await expect(failure).toBeAttached();
      await expectNoViolations(page);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await expectNoViolations(page, ["color-contrast"]);
    });
  }
}

async function open(page: Page, name: string): Promise<void> {
  await page.setViewportSize(SIZES[2]);
  await page.goto(new URL(`/${name}`, page.url()).href);
  await expect(page.getByText("Version 0.1.0")).toBeAttached();
}

test("a studio in which everything fails can be used by everyone", async ({ openStudio }) => {
  const studio = await openStudio({ NODE_OPTIONS: `--import=${SHORTAGE}` });
  const { page, dataFolder } = studio;
  const s3 = await S3Server.start();
  s3.bucket("models");
  const gone = await openStandIn(notebookService());
  await using taken = await openStandIn(notebookService());
  await connect(page, s3);
  await s3[Symbol.asyncDispose]();
  await gone[Symbol.asyncDispose]();
  await addEndpoint(page, { name: "Bergen", url: gone.url, startSeconds: 0 });
  await fillGallery(studio, 3);
  const theirs = join(dataFolder, "their-model");
  cpSync("assets/starter/snapshot", theirs, { recursive: true });
  await call(page, "models/link", { folder: theirs });

  await open(page, "generate");
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("a red house");
  for (const side of ["Width", "Height"])
    await page.getByRole("spinbutton", { name: side }).fill("512");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const failed = page.getByText("Not enough memory");
  await expect(failed).toBeVisible();
  await page.getByRole("button", { name: /Model/ }).first().click();
  await page.getByRole("option", { name: /their-model/ }).click();
  rmSync(theirs, { recursive: true });
  await expect
    .poll(async () => JSON.stringify(await call(page, "settings/get")))
    .toContain("their-model");
  await page.reload();
  await expect(failed).toBeVisible();
  const unreadable = page.getByRole("listitem").filter({ hasText: "their-model cannot be read." });
  await expect(unreadable).toBeVisible();
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill("x".repeat(10_001));
  await expect(page.getByText("10,001 characters")).toBeVisible();
  await expectUsable(page, "Generate", failed);

  await open(page, "models");
  await page.getByRole("option", { name: /their-model/ }).click();
  await expectUsable(page, "Models", page.getByText("SNAPSHOT_NOT_FOUND"));

  await open(page, "settings?line=pictureFolder");
  const line = page.getByRole("group", { name: "Picture folder" });
  await line.getByRole("textbox", { name: "Folder" }).fill("/proc/1/fd");
  await line.getByRole("textbox", { name: "Folder" }).press("Enter");
  const refused = line.getByText(/cannot write there/);
  await expect(refused).toBeVisible();
  await expectUsable(page, "Settings", refused);

  await open(page, "endpoints");
  await expectUsable(page, "Endpoints", page.getByText("ENDPOINT_UNREACHABLE"));

  await open(page, "buckets");
  await expect(page.getByRole("option", { name: /models/ })).toContainText("Could not be listed");
  await expectUsable(page, "Buckets", page.getByText("BUCKET_UNREACHABLE"));

  await open(page, "server?show=settings");
  const port = page.getByRole("textbox", { name: "Port", exact: true });
  await port.fill(String(taken.port));
  await port.press("Enter");
  await page.getByRole("button", { name: "Start" }).click();
  await expectUsable(page, "Server", page.getByText("PORT_IN_USE"));

  rmSync(join(dataFolder, "gallery"), { recursive: true });
  await open(page, "gallery");
  await expectUsable(page, "Gallery", page.getByText("File missing").first());
});
