import { fileURLToPath } from "node:url";
import { chromium, expect, test } from "@playwright/test";
import { createServer } from "vite";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.ts";

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

test("React finds no loop of updates while a picture of many steps develops", async () => {
  test.skip(chromiumPath === undefined, "Chromium is not installed, so pages are not shown");
  const pages = await serveDevelopment();
  const browser = await chromium.launch({
    executablePath: chromiumPath ?? "",
    args: CHROMIUM_ARGS,
  });
  try {
    const page = await browser.newPage();
    const told: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") told.push(message.text());
    });
    await page.goto(`${pages.origin}/?fake=few`);
    await expect(page.getByRole("button", { name: "Generate", exact: true })).toBeVisible();
    await page.evaluate(async (steps) => {
      const load = (path: string) => import(/* @vite-ignore */ path);
      const { useQueue, mergeGenerations } = await load("/state/queue.ts");
      const { tick } = await load("/state/progress.ts");
      const { followNewest } = await load("/state/selection.ts");
      const [some] = Object.values<object>(useQueue.getState().byId);
      const createdAt = new Date().toISOString();
      mergeGenerations([{ ...some, id: "long", state: "running", createdAt, imageId: undefined }]);
      followNewest();
      for (let step = 1; step <= steps; step++) {
        const preview = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" id="a${step}"/>`;
        tick("long", { stage: "denoising", step, steps, secondsLeft: steps - step, preview });
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      }
    }, STEPS);
    await expect(page.getByText(`step ${STEPS} of ${STEPS}`, { exact: false })).toBeVisible();
    expect(told.filter((text) => text.includes("Maximum update depth"))).toEqual([]);
  } finally {
    await browser.close();
    await pages.close();
  }
});
