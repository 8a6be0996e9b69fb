import type { Page } from "@playwright/test";
import { remoteStudio } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

interface Kind {
  readonly name: string;
  /** As in the list of protocols; absent if the address implies it. */
  readonly protocol?: string;
  readonly url: string;
}

/** Goes from an empty form to a picture on Generate. */
async function firstPicture(page: Page, { name, protocol, url }: Kind): Promise<void> {
  await page.goto(new URL("/endpoints?add", page.url()).href);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Address" }).fill(url);
  await dialog.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  if (protocol !== undefined) {
    await dialog.getByRole("button", { name: /Protocol/ }).click();
    await page.getByRole("option", { name: protocol, exact: true }).click();
  }
  await dialog.getByText("All settings", { exact: true }).click();
  await dialog.getByRole("button", { name: "Add and test" }).click();
  await expect(dialog.getByText(`${name} is ready`)).toBeVisible();
  await dialog.getByRole("button", { name: "Draw here" }).click();
  await expect(page.getByRole("button", { name: /Run on$/ })).toContainText(name);
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(`a cat by ${name}`);
  await page.getByRole("spinbutton", { name: "Steps" }).fill("2");
  for (const side of ["Width", "Height"])
    await page.getByRole("spinbutton", { name: side }).fill("64");
  await page.getByRole("button", { name: "Generate", exact: true }).click();
  const session = page.getByRole("listbox", { name: "This session" });
  await expect(
    session.getByRole("option", { name: `a cat by ${name}`, exact: true }),
  ).toBeVisible();
}

test("each kind of remote goes from its form to a first picture, at another Darkroom", async ({
  studio,
}) => {
  const { page } = studio;
  await using remote = await remoteStudio();
  const { url } = remote;
  const kinds: readonly Kind[] = [
    { name: "Over v2", url },
    { name: "Over v1", protocol: "KServe v1", url },
    { name: "Over gRPC", url: `grpc://${remote.grpc}` },
    { name: "As OpenAI", protocol: "OpenAI images", url },
    { name: "As the web UI", url: `${url}/sdapi/v1/txt2img` },
  ];
  for (const kind of kinds) await firstPicture(page, kind);
});
