import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { runCommand } from "../fakes/run-command.ts";
import { expectNoViolations } from "./expect-no-violations.ts";
import { addUntested, call } from "./remote-studio.ts";
import { expect, test } from "./studio-test.ts";

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

/** Opens the page and starts the server on a free port. */
async function startServer(page: Page): Promise<void> {
  await page.goto(new URL("/server?show=settings", page.url()).href);
  const port = page.getByRole("textbox", { name: "Port", exact: true });
  await port.fill("0");
  await port.press("Enter");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByText("Running", { exact: true })).toBeVisible();
  await expect(page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/)).toBeVisible();
}

/** Creates a key and returns what is shown of it once. */
async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole("tab", { name: "Keys" }).click();
  await page.getByRole("button", { name: "Create a key" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByText("Add its pictures to the gallery").click();
  await page.getByRole("button", { name: "Create key" }).click();
  const shown = page.getByRole("alertdialog", { name: "Your new key" });
  const secret = await shown.getByRole("textbox", { name: "Key" }).inputValue();
  await shown.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("rowheader", { name })).toBeVisible();
  await expect(page.getByText(secret)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Create a key" })).toBeFocused();
  return secret;
}

/** Runs a snippet in a shell, and expects a picture. */
async function expectPicture(code: string, secret: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-snippet-"));
  const env = { DARKROOM_KEY: secret };
  const ran = await runCommand("sh", ["-c", code], { cwd: folder, env });
  expect(ran).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(readFileSync(join(folder, "picture.png")).subarray(0, 4)).toEqual(PNG);
  rmSync(folder, { recursive: true });
}

test("the page's own curl snippets draw pictures, and a request can be inspected", async ({
  studio: { page },
}) => {
  await startServer(page);
  const secret = await makeKey(page, "A shell");

  await page.getByRole("tab", { name: "Code samples" }).click();
  await page.getByRole("button", { name: / Key$/ }).click();
  await page.getByRole("option", { name: "A shell" }).click();
  await page.getByRole("textbox", { name: "Prompt of the request" }).fill("a cat's red house");
  const code = await page.getByLabel("Program for curl").innerText();
  expect(code).not.toContain(secret);

  await expectPicture(code, secret);

  await page.getByText("curl, OpenAI API", { exact: true }).click();
  const ofOpenai = page.getByLabel("Program for curl, OpenAI API");
  await page.getByRole("button", { name: "Offer the OpenAI images API" }).click();
  await expect(page.getByText("The server does not offer this API yet.")).toBeHidden();
  await expectPicture(await ofOpenai.innerText(), secret);

  await page.getByRole("tab", { name: "Requests" }).click();
  const rows = page.getByRole("grid", { name: "Requests" });
  await expect(rows.getByRole("row", { name: /\/v1\/images\/generations, 200$/ })).toBeVisible();
  const row = rows.getByRole("row", { name: /A shell.*infer/ });
  await expect(row).toHaveAccessibleName(/POST \/v2\/models\/stable-diffusion\/infer, 200$/);
  await row.click();
  const request = page.getByRole("complementary", { name: "Request" });
  await expect(request.getByLabel("Sent: body")).toContainText("a cat's red house");
  await expect(request.getByLabel("Reply: body")).toContainText('"model_name"');
  await expect(request.getByText(/Shortened: the whole body is .*B/)).toBeVisible();
  expect(await page.locator("body").innerText()).not.toContain(secret);
  await page.getByRole("link", { name: "Gallery" }).click();
  await expect(page.getByRole("img", { name: /^a cat's red house/ })).toHaveCount(2);

  await page.goBack();
  await expect(request).toBeVisible();
  // The request that is open stays so.
  await row.press("Enter");
  await expect(row).toBeFocused();
  await expect(request).toBeVisible();
  await request.getByRole("button", { name: "Close" }).focus();
  await page.keyboard.press("Enter");
  await expect(request).toBeHidden();
  await expect(page.locator("body")).not.toBeFocused();
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Stopped", { exact: true })).toBeVisible();
});

test("each further protocol answers once its switch is on, and metrics without a key", async ({
  studio: { page },
}) => {
  await startServer(page);
  const origin = await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).innerText();
  const status = async (path: string, method = "GET") =>
    (await fetch(`${origin}${path}`, { method })).status;
  const flip = async (name: string) => {
    await page.getByText(name, { exact: true }).click();
    await expect(page.getByRole("switch", { name })).toBeChecked();
  };
  for (const [name, path, method, answer] of [
    // Without a body it is refused, but not as an unknown address.
    ["Offer the OpenAI images API", "/v1/images/generations", "POST", 400],
    ["Offer the AUTOMATIC1111 API", "/sdapi/v1/options", "GET", 200],
  ] as const) {
    expect([name, await status(path, method)]).toEqual([name, 404]);
    await flip(name);
    await expect.poll(() => status(path, method), name).toBe(answer);
  }
  await expect(page.getByText(`Base address: ${origin}/v1`)).toBeVisible();

  await flip("Offer gRPC as well");
  const port = page.getByRole("textbox", { name: "gRPC port" });
  await port.fill("0");
  await port.press("Enter");
  const [target = ""] =
    /127\.0\.0\.1:\d+/.exec(
      await page.getByText(/^gRPC address: 127\.0\.0\.1:(?!8081$)\d+$/).innerText(),
    ) ?? [];
  const id = await addUntested(page, { name: "Itself", url: `grpc://${target}` });
  expect(await call(page, "endpoints/test", { id })).toMatchObject({ state: "ready" });

  await flip("Programs on this computer need a key too");
  await expect.poll(() => status("/metrics")).toBe(401);
  await flip("Metrics without a key");
  await expect.poll(() => status("/metrics")).toBe(200);
  expect(await status("/v2/models")).toBe(401);
});

test("the whole network needs a key, which is created right there", async ({
  studio: { page },
}) => {
  await startServer(page);
  await page.getByRole("radio", { name: "The whole network" }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "KEY_NEEDED" });
  await expect(refusal).toContainText("Nothing was changed");
  await refusal.getByRole("button", { name: "Create a key" }).click();
  await page.getByRole("button", { name: "Create key" }).click();
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Others");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByText("and every other address of this computer")).toBeVisible();
  await expect(
    page.getByRole("switch", { name: "Programs on this computer need a key too" }),
  ).toBeDisabled();
});

test("on a phone a request's details take the list's place, and keys can be removed", async ({
  studio: { page },
}) => {
  await startServer(page);
  const origin = await page.getByText(/^http:\/\/127\.0\.0\.1:\d+$/).innerText();
  await fetch(`${origin}/v2/models/nobody/ready`);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("tab", { name: "Requests" }).click();
  const list = page.getByRole("grid", { name: "Requests" });
  await list.getByRole("row", { name: /nobody\/ready, 404$/ }).click();
  const request = page.getByRole("complementary", { name: "Request" });
  await expect(request.getByText("GET /v2/models/nobody/ready")).toBeVisible();
  await expect(list).toBeHidden();
  await expectNoViolations(page);
  await request.getByRole("button", { name: "Close" }).click();
  await expect(list).toBeVisible();

  // A key can be removed there, too.
  await makeKey(page, "Nightly contact sheets of the whole archive");
  const remove = page.getByRole("button", { name: /^Remove the key Nightly/ });
  await expect(remove).toBeInViewport({ ratio: 1 });
  await expectNoViolations(page);
  await remove.click();
  await page.getByRole("button", { name: "Remove the key", exact: true }).click();
  await expect(page.getByText("There are no keys.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create a key" })).toBeFocused();
});
