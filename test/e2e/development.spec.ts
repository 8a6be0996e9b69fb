import { fileURLToPath } from "node:url";
import { chromium, expect, test, type Page } from "@playwright/test";
import { createServer } from "vite";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.ts";
import { expectNoViolations } from "./expect-no-violations.ts";

/** React treats fifty updates that cause each other as a loop. */
const STEPS = 70;

/** Serves the pages as in development, where React reports mistakes. */
async function serveDevelopment() {
  const server = await createServer({
    configFile: fileURLToPath(new URL("../../vite.config.ts", import.meta.url)),
    root: fileURLToPath(new URL("../../renderer", import.meta.url)),
    mode: "development",
    logLevel: "error",
    server: { port: 0, host: "127.0.0.1", hmr: false },
  });
  await server.listen();
  const address = server.httpServer?.address();
  if (typeof address !== "object" || address === null) throw new Error("the pages are not served");
  return { origin: `http://127.0.0.1:${address.port}`, close: () => server.close() };
}

/** Opens the pages with the fake studio, and closes everything after `look`. */
async function inDevelopment(look: (page: Page) => Promise<void>): Promise<void> {
  test.skip(chromiumPath === undefined, "Chromium is not installed, so pages are not shown");
  const pages = await serveDevelopment();
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: CHROMIUM_ARGS,
  });
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(`${pages.origin}/?fake=few`);
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeVisible();
    await look(page);
  } finally {
    await browser.close();
    await pages.close();
  }
}

/** Shows a running generation, `running`, on the stage. */
function showRunning(page: Page): Promise<void> {
  return page.evaluate(async () => {
    const load = (path: string) => import(/* @vite-ignore */ path);
    const { useQueue, mergeGenerations } = await load("/state/queue.ts");
    const { followNewest } = await load("/state/selection.ts");
    const [some] = Object.values<object>(useQueue.getState().byId);
    const createdAt = new Date().toISOString();
    mergeGenerations([{ ...some, id: "running", state: "running", createdAt, imageId: undefined }]);
    followNewest();
  });
}

test("React finds no loop of updates while a picture of many steps develops", async () => {
  await inDevelopment(async (page) => {
    const told: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") told.push(message.text());
    });
    await showRunning(page);
    await page.evaluate(async (steps) => {
      const load = (path: string) => import(/* @vite-ignore */ path);
      const { tick } = await load("/state/progress.ts");
      for (let step = 1; step <= steps; step++) {
        const preview = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" id="a${step}"/>`;
        tick("running", { stage: "denoising", step, steps, secondsLeft: steps - step, preview });
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      }
    }, STEPS);
    await expect(page.getByText(`step ${STEPS} of ${STEPS}`, { exact: false })).toBeVisible();
    expect(told.filter((text) => text.includes("Maximum update depth"))).toEqual([]);
  });
});

test("while a model is prepared, the page says how large its copy is, and where", async () => {
  await inDevelopment(async (page) => {
    await showRunning(page);
    await page.evaluate(async () => {
      const load = (path: string) => import(/* @vite-ignore */ path);
      const { tick } = await load("/state/progress.ts");
      const copy = { folder: "/caches/weights", sizeBytes: 945_000_000 };
      tick("running", { stage: "preparing", step: 0, steps: 10, share: 0.5, copy });
    });
    await expect(page.getByText("945.0\u00a0MB, may be deleted")).toBeVisible();
    await page.getByRole("button", { name: "What this copy means" }).click();
    const help = page.getByRole("dialog", { name: "this copy" });
    await expect(help).toContainText("/caches/weights");
    await expectNoViolations(page);
  });
});
