import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

/** The pictures that desktops want, with their side in pixels; this file, run, writes them. */
export const ICONS = [
  { name: "icon.png", drawing: "icon.svg", side: 1024 },
  { name: "tray.png", drawing: "tray.svg", side: 32 },
  { name: "tray@2x.png", drawing: "tray.svg", side: 64 },
] as const;

/** One icon as PNG, from its drawing beside this file. */
export async function drawIcon({ drawing, side }: (typeof ICONS)[number]): Promise<Buffer> {
  const svg = await readFile(join(import.meta.dirname, drawing));
  return sharp(svg, { density: 72 * 8 })
    .resize(side, side)
    .png({ palette: true, effort: 10 })
    .toBuffer();
}

if (import.meta.main) {
  for (const icon of ICONS) {
    await writeFile(join(import.meta.dirname, icon.name), await drawIcon(icon));
  }
}
