import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chromium, type Page } from "@playwright/test";
import { Gallery } from "../../engine/gallery/gallery.ts";
import buildPages from "../e2e/build-pages.ts";
import { CHROMIUM_ARGS, chromiumPath } from "../e2e/chromium.ts";
import { HostProcess } from "../e2e/host-process.ts";
import { writeFullGallery } from "./full-gallery.ts";
import { median } from "./measure.ts";

/** Measures a page, which is open, of a studio at an origin. */
type Measure = (page: Page, origin: string) => Promise<void>;

/**
 * Runs a measurement in real Chromium, with a real host whose gallery is full, by the process's flags: `--pictures N`,
 * `--folder DIR`, which keeps the gallery for the next run, and `--as-built`.
 */
export async function measureWithGallery(measure: Measure): Promise<void> {
  const { values } = parseArgs({
    options: {
      pictures: { type: "string", default: "50000" },
      folder: { type: "string" },
      "as-built": { type: "boolean", default: false },
    },
  });
  if (!values["as-built"]) buildPages();
  const folder = values.folder ?? mkdtempSync(join(tmpdir(), "darkroom-bench-page-"));
  await fill(folder, Number(values.pictures));
  const host = new HostProcess(["--data-dir", folder, "--port", "0"], { DARKROOM_DEVICE: "cpu" });
  const executablePath = chromiumPath ?? "";
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
  try {
    await host.start();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(host.url);
    await page.waitForFunction(() => localStorage.getItem("darkroom.token") !== null);
    await measure(page, host.origin);
  } finally {
    await browser.close();
    await host.stop();
    if (values.folder === undefined) rmSync(folder, { recursive: true });
  }
}

async function fill(folder: string, pictures: number): Promise<void> {
  if (existsSync(join(folder, "gallery.sqlite"))) return;
  writeFullGallery(folder, pictures);
  const gallery = await Gallery.open({
    dataFolder: folder,
    settings: () => ({ fileNamePattern: "{date}/{prompt}-{seed}" }),
    makeThumbnail: async () => new Uint8Array(0),
  });
  await gallery.rebuild();
  await gallery.close();
}

export function print(what: string, text: string): void {
  console.log(`${what.padEnd(44)} ${text}`);
}

export function times(all: readonly number[]): string {
  return `${median(all).toFixed(0)} ms, at most ${Math.max(...all).toFixed(0)} ms`;
}

/** The times between frames, from the time of each. */
export function frameTimes(at: readonly number[]): string {
  const gaps = at.slice(1).map((time, i) => time - at[i]!);
  const p95 = gaps.toSorted((a, b) => a - b)[Math.floor(0.95 * gaps.length)] ?? 0;
  return (
    `${at.length} frames, ${median(gaps).toFixed(0)} ms each, 95 % within ${p95.toFixed(0)} ms, ` +
    `longest ${Math.max(...gaps).toFixed(0)} ms`
  );
}
