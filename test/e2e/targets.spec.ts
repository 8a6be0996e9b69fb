import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { HostProcess } from "./host-process.ts";
import { expect, test } from "./studio-test.ts";

/** A second Darkroom of its own data folder, whose inference server is the remote. */
async function remoteStudio() {
  const folder = mkdtempSync(join(tmpdir(), "darkroom-remote-"));
  const args = ["--data-dir", folder, "--port", "0", "--endpoint-port", "0"];
  const host = new HostProcess([...args, "--openai", "--a1111"], { DARKROOM_DEVICE: "cpu" });
  await host.start();
  const { endpoint: url } = host;
  if (url === undefined) throw new Error("the remote has no inference server");
  return {
    url,
    async [Symbol.asyncDispose]() {
      await host.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Calls the studio as its page does. */
async function call(page: Page, path: string, input?: object): Promise<unknown> {
  return page.evaluate(
    async ([procedure, body]) => {
      const token = localStorage.getItem("darkroom.token");
      const headers = { "content-type": "application/json" };
      const known = token === null ? headers : { ...headers, authorization: `Bearer ${token}` };
      const reply = await fetch(`/rpc/${procedure}`, { method: "POST", headers: known, body });
      const { json }: { json?: unknown } = JSON.parse((await reply.text()) || "{}");
      if (!reply.ok) throw new Error(JSON.stringify(json));
      return json;
    },
    [path, JSON.stringify({ json: input })] as const,
  );
}

/** Adds an endpoint and looks at it; gives its id. */
async function add(page: Page, endpoint: object): Promise<string> {
  const added = await call(page, "endpoints/add", endpoint);
  const id = String(Reflect.get(Object(added), "id"));
  await call(page, "endpoints/test", { id });
  return id;
}

async function alsoAt(page: Page, ...names: readonly string[]): Promise<void> {
  await page.getByText("Draw elsewhere too").click();
  for (const name of names)
    await page.getByRole("switch", { name, exact: true }).click({ force: true });
}

async function press(page: Page, prompt: string): Promise<void> {
  await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
  await page.getByRole("button", { name: "Generate", exact: true }).click();
}

test("one press at this machine and at another Darkroom is one comparison", async ({ studio }) => {
  const { page } = studio;
  await using remote = await remoteStudio();
  await add(page, { url: remote.url, name: "Colleague" });
  await page.reload();
  await alsoAt(page, "Colleague");
  await press(page, "a red house in the snow");
  await expect(page.getByText("2 of 2 ready")).toBeVisible();
  const sheet = page.getByRole("region", { name: "Picture" });
  await expect(sheet.getByText(/^\s*this machine · /)).toBeVisible();
  await expect(sheet.getByText(/^\s*Colleague · /)).toBeVisible();

  await page.getByRole("button", { name: "Compare this machine and Colleague" }).click();
  const differences = page.getByRole("complementary", { name: "Differences" });
  await expect(
    differences.getByRole("row", { name: "Run on this machine Colleague" }),
  ).toBeVisible();
  // The same model, seed and settings on the same kind of device.
  await expect(differences.getByText("None: every pixel is the same")).toBeVisible();
  await expect(page.getByRole("slider", { name: "Divider" })).toBeVisible();
  await page.getByText("Side by side").click();
  await expect(page.getByRole("img", { name: /^a red house/ })).toHaveCount(2);
});
