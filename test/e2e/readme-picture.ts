import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import sharp from "sharp";
import { CHROMIUM_ARGS, chromiumPath } from "./chromium.ts";
import { HostProcess } from "./host-process.ts";

/**
 * Takes README's picture anew, of a studio of its own that draws two batches with the starter. After `npm run build`:
 *   node test/e2e/readme-picture.ts [FILE]
 */
const [file = "assets/screens/generate.png"] = process.argv.slice(2);
const SIZE = { width: 1600, height: 1000 };
const BATCHES = [
  { prompt: "a yellow boat at night", preset: "Fast" },
  { prompt: "two purple fish under water", preset: "Exact" },
];
const COUNT = 4;

const dataFolder = mkdtempSync(join(tmpdir(), "darkroom-readme-"));
const host = new HostProcess(["--data-dir", dataFolder, "--port", "0"], { DARKROOM_DEVICE: "cpu" });
await host.start();
const browser = await chromium.launch({ executablePath: chromiumPath ?? "", args: CHROMIUM_ARGS });
try {
  const page = await browser.newPage({ viewport: SIZE, colorScheme: "dark" });
  page.setDefaultTimeout(300_000);
  await page.goto(host.url);
  await page.getByRole("button", { name: "Skip" }).click();
  const strip = page.getByRole("listbox", { name: "This session" });
  for (const { prompt, preset } of BATCHES) {
    await page.getByRole("textbox", { name: "Prompt", exact: true }).fill(prompt);
    await page.getByRole("radio", { name: preset }).click();
    await page.getByRole("spinbutton", { name: "Count" }).fill(String(COUNT));
    await page.getByRole("button", { name: "Generate", exact: true }).click();
    const done = strip.getByRole("option", { name: prompt, exact: true });
    await done.nth(COUNT - 1).waitFor();
  }
  // The pointer rests on nothing, and the last picture has settled.
  await page.mouse.move(0, SIZE.height / 2);
  await page.waitForTimeout(2000);
  const shot = await page.screenshot();
  await sharp(shot).png({ compressionLevel: 9, effort: 10 }).toFile(file);
} finally {
  await browser.close();
  await host.stop();
  rmSync(dataFolder, { recursive: true, force: true });
}
