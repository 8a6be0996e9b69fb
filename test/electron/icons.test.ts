import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { drawIcon, ICONS } from "../../assets/icons/draw-icons.ts";

test.each(ICONS)("$name is drawn from $drawing; node assets/icons/draw-icons.ts", async (icon) => {
  const kept = sharp(join("assets", "icons", icon.name));
  const drawn = sharp(await drawIcon(icon));
  const [{ width, height }, a, b] = await Promise.all([
    kept.metadata(),
    kept.clone().ensureAlpha().raw().toBuffer(),
    drawn.ensureAlpha().raw().toBuffer(),
  ]);
  expect([width, height]).toEqual([icon.side, icon.side]);
  // Another version of the drawing library may round an edge differently.
  const furthest = a.reduce((far, value, i) => Math.max(far, Math.abs(value - b[i]!)), 0);
  expect(furthest).toBeLessThan(32);
});
