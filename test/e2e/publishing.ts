import type { Page } from "@playwright/test";
import type { S3Server } from "../fakes/s3/s3-server.ts";
import { expect } from "./studio-test.ts";

/** Adds a connection as a user does, with the field names of OpenShift AI. */
export async function connect(page: Page, s3: S3Server): Promise<void> {
  await page.goto(new URL("/buckets", page.url()).href);
  await page.getByRole("button", { name: "Add a connection" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Connection name" }).fill("models");
  await dialog.getByRole("textbox", { name: "Access key" }).fill(s3.accessKey);
  await dialog.getByRole("textbox", { name: "Secret key" }).fill(s3.secretKey);
  await dialog.getByRole("textbox", { name: "Endpoint" }).fill(s3.origin);
  await dialog.getByRole("textbox", { name: "Bucket" }).fill("models");
  await dialog.getByRole("button", { name: "Save and test" }).click();
  await expect(dialog).toBeHidden();
}

/** Fills in the form for publishing, under the headings of the KServe example. */
export async function beginPublishing(page: Page) {
  await page.getByRole("button", { name: "Publish a model" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Model name" }).fill("stable-diffusion");
  for (const heading of ["Model Download & Archiving", "Bucket Config & Content"])
    await expect(dialog.getByRole("heading", { name: heading })).toBeVisible();
  await expect(dialog.getByLabel("config.properties")).toContainText(
    '"marName":"stable-diffusion.mar"',
  );
  await expect(dialog.getByRole("list", { name: "S3 Bucket layout" })).toContainText(
    "stable-diffusion.mar",
  );
  await dialog.getByRole("button", { name: "Publish to bucket" }).click();
  return dialog;
}

export async function publish(page: Page) {
  const dialog = await beginPublishing(page);
  await expect(dialog.getByText(/is in the bucket and was verified/)).toBeVisible();
  await expect(dialog.getByRole("heading", { name: "Model Location" })).toBeVisible();
  await expect(dialog.getByText("stable-diffusion/", { exact: true })).toBeVisible();
  return dialog;
}
