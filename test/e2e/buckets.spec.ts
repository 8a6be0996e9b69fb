import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { S3Server } from "../fakes/s3/s3-server.ts";
import { expect, test } from "./studio-test.ts";

/** Enters a connection as a person does, with what OpenShift AI calls its fields. */
async function connect(page: Page, s3: S3Server): Promise<void> {
  await page.goto(new URL("/buckets", page.url()).href);
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Connection name" }).fill("models");
  await dialog.getByRole("textbox", { name: "Access key" }).fill(s3.accessKey);
  await dialog.getByRole("textbox", { name: "Secret key" }).fill(s3.secretKey);
  await dialog.getByRole("textbox", { name: "Endpoint" }).fill(s3.origin);
  await dialog.getByRole("textbox", { name: "Bucket" }).fill("models");
  await dialog.getByRole("button", { name: "Save and test" }).click();
}

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

test("publishes the starter under the document's words, breaks it and repairs it", async ({
  studio: { page },
}) => {
  await using s3 = await S3Server.start();
  const bucket = s3.bucket("models");
  await connect(page, s3);
  const publish = async () => {
    await page.getByRole("button", { name: "Publish a model" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Model name" }).fill("stable-diffusion");
    for (const heading of ["Model Download & Archiving", "Bucket Config & Content"])
      await expect(dialog.getByRole("heading", { name: heading })).toBeVisible();
    await expect(dialog.getByRole("list", { name: "S3 Bucket layout" })).toContainText(
      "stable-diffusion.mar",
    );
    await dialog.getByRole("button", { name: "Publish to bucket" }).click();
    await expect(dialog.getByText(/was read back without a difference/)).toBeVisible({
      timeout: 60_000,
    });
    await expect(dialog.getByRole("heading", { name: "Model Location" })).toBeVisible();
    await expect(dialog.getByText("stable-diffusion/", { exact: true })).toBeVisible();
    return dialog;
  };
  const both = [
    "stable-diffusion/config/config.properties",
    "stable-diffusion/model-store/stable-diffusion.mar",
  ];
  const dialog = await publish();
  expect(bucket.keys()).toEqual(both);
  await expectNoViolations(page);
  await dialog.getByRole("button", { name: "Show it in the bucket" }).click();

  const grid = page.getByRole("grid");
  await grid.getByRole("row", { name: /config/ }).click();
  await page.keyboard.press("Delete");
  const question = page.getByRole("alertdialog");
  await question.getByRole("button", { name: "Delete" }).click();
  await expect(grid.getByRole("row", { name: /config/ })).toBeHidden();
  expect(bucket.keys()).toEqual(both.slice(1));
  await page.getByRole("button", { name: "models", exact: true }).click();
  await publish();
  expect(bucket.keys()).toEqual(both);
});
