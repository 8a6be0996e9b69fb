import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync("renderer/theme.css", "utf8");
type Theme = "light" | "dark";
type Colour = readonly [number, number, number];

/** A token's OKLCH numbers in one theme. */
function token(name: string, theme: Theme): Colour {
  const pattern = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]+)\\), oklch\\(([^)]+)\\)\\);`);
  const [, light = "", dark = ""] = pattern.exec(css) ?? [];
  const [l = Number.NaN, c = Number.NaN, h = Number.NaN] = (theme === "light" ? light : dark)
    .split(" ")
    .map(Number);
  return [l, c, h];
}

/** OKLCH to linear sRGB by the matrices of OKLab's author (bottosson.github.io/posts/oklab). */
function linear([l, c, h]: Colour): Colour {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const inRange = (channel: number) => Math.min(1, Math.max(0, channel));
  return [
    inRange(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    inRange(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    inRange(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}

/** A surface under a share of the text's colour, which browsers blend in sRGB as it is encoded. */
function tinted(surface: string, share: number, theme: Theme): Colour {
  const [below, text] = [linear(token(surface, theme)), linear(token("text", theme))];
  const blend = (i: 0 | 1 | 2) =>
    decoded((1 - share) * encoded(below[i]) + share * encoded(text[i]));
  return [blend(0), blend(1), blend(2)];
}

/** The transfer function of sRGB (IEC 61966-2-1) and its inverse. */
function encoded(channel: number): number {
  return channel <= 0.0031308 ? 12.92 * channel : 1.055 * channel ** (1 / 2.4) - 0.055;
}

function decoded(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance, WCAG 2. */
function luminance([red, green, blue]: Colour): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrastOf(first: Colour, second: Colour): number {
  const [a, b] = [luminance(first), luminance(second)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function contrast(first: string, second: string, theme: Theme): number {
  return contrastOf(linear(token(first, theme)), linear(token(second, theme)));
}

const SURFACES = ["room", "panel", "raised"];
const TEXTS = ["text", "text-quiet", "good", "warn", "bad"];
/** The share of the text's colour over a selected row: `--pressed`. */
const PRESSED = 0.12;

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  test("text reaches 4.5:1 on every surface", () => {
    const low = SURFACES.flatMap((surface) =>
      TEXTS.filter((text) => !(contrast(text, surface, theme) >= 4.5)).map((text) => [
        text,
        surface,
      ]),
    );
    expect(low).toEqual([]);
    expect(contrast("on-safelight", "safelight", theme)).toBeGreaterThanOrEqual(4.5);
    expect(contrast("text-quiet", "easel", theme)).toBeGreaterThanOrEqual(4.5);
  });

  test("text reaches 4.5:1 on a selected row of every surface", () => {
    expect(css).toContain(
      `--pressed: color-mix(in oklch, var(--text) ${100 * PRESSED}%, transparent)`,
    );
    const low = SURFACES.flatMap((surface) =>
      TEXTS.filter((text) => {
        const colour = linear(token(text, theme));
        return !(contrastOf(colour, tinted(surface, PRESSED, theme)) >= 4.5);
      }).map((text) => [text, surface]),
    );
    expect(low).toEqual([]);
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
