import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("renderer/theme.css", "utf8");
type Theme = "light" | "dark";

/** A token's OKLCH numbers in one theme. */
function token(name: string, theme: Theme): readonly [number, number, number] {
  const pattern = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]+)\\), oklch\\(([^)]+)\\)\\);`);
  const [, light = "", dark = ""] = pattern.exec(css) ?? [];
  const [l = Number.NaN, c = Number.NaN, h = Number.NaN] = (theme === "light" ? light : dark)
    .split(" ")
    .map(Number);
  return [l, c, h];
}

/** Relative luminance, WCAG 2; OKLab to linear sRGB by its author's matrices (bottosson.github.io/posts/oklab). */
function luminance([l, c, h]: readonly [number, number, number]): number {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ].map((channel) => Math.min(1, Math.max(0, channel)));
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

function contrast(first: string, second: string, theme: Theme): number {
  const [a, b] = [luminance(token(first, theme)), luminance(token(second, theme))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const SURFACES = ["room", "panel", "raised"];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  test("text reaches 4.5:1 on every surface", () => {
    const texts = ["text", "text-quiet", "good", "warn", "bad"];
    const low = SURFACES.flatMap((surface) =>
      texts
        .filter((text) => !(contrast(text, surface, theme) >= 4.5))
        .map((text) => [text, surface]),
    );
    expect(low).toEqual([]);
    expect(contrast("on-safelight", "safelight", theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrast("text-quiet", "easel", theme)).toBeGreaterThanOrEqual(4.5);
  });

  test("edges of controls and the accent reach 3:1 on every surface", () => {
    const low = SURFACES.flatMap((surface) =>
      ["edge", "safelight"]
        .filter((edge) => !(contrast(edge, surface, theme) >= 3))
        .map((edge) => [edge, surface]),
    );
    expect(low).toEqual([]);
  });
});
