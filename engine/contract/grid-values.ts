import { type AxisSetting, MAX_CELLS } from "./grid.ts";

/**
 * Values as typed: a comma-separated list in which quotes protect commas. Numbers may be given as a range: `5:9:2` is
 * 5, 7, 9 (from, to, by; by defaults to 1), and so is `5-9 (+2)`; `5-9 [3]` is three values from 5 to 9, as in A1111's
 * X/Y/Z plot. Undefined if it is empty or has more values than a grid has cells.
 */
export function parseValues(setting: AxisSetting, text: string): readonly string[] | undefined {
  const values: string[] = [];
  for (const part of partsOf(text)) {
    const more = RANGED.has(setting) ? numbersOf(setting, part) : [part];
    if (more === undefined || values.length + more.length > MAX_CELLS) return undefined;
    values.push(...more);
  }
  return values.length === 0 ? undefined : values;
}

const WHOLE: ReadonlySet<AxisSetting> = new Set(["steps", "seed", "cache-interval"]);
const RANGED: ReadonlySet<AxisSetting> = new Set([...WHOLE, "guidance", "strength"]);

const NUMBER = String.raw`(\d{1,15}(?:\.\d{1,6})?)`;
const BY_COLONS = new RegExp(String.raw`^${NUMBER}:${NUMBER}(?::${NUMBER})?$`);
const BY_DASH = new RegExp(
  String.raw`^${NUMBER}\s*-\s*${NUMBER}(?:\s*\(([+-])${NUMBER}\)|\s*\[(\d{1,3})\])?$`,
);

function partsOf(text: string): readonly string[] {
  return [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)].flatMap(
    ([, quoted, plain = ""]) => {
      if (quoted !== undefined) return [quoted.replaceAll('""', '"')];
      return plain.trim() === "" ? [] : [plain.trim()];
    },
  );
}

/** The numbers of a range, or the text itself if it is not a range; undefined for an empty range. */
function numbersOf(setting: AxisSetting, part: string): readonly string[] | undefined {
  const colons = BY_COLONS.exec(part);
  if (colons) return spaced(Number(colons[1]), Number(colons[2]), Number(colons[3] ?? 1));
  const dash = BY_DASH.exec(part);
  if (dash === null) return [part];
  const [, from, to, sign = "+", by = "1", count] = dash;
  if (count === undefined) return spaced(Number(from), Number(to), Number(`${sign}${by}`));
  const values = evenly(Number(from), Number(to), Number(count));
  return WHOLE.has(setting) ? values?.map((value) => String(Math.trunc(Number(value)))) : values;
}

/** The numbers from `from` to `to`; `by` is negative for a falling range. */
function spaced(from: number, to: number, by: number): readonly string[] | undefined {
  if (by === 0) return undefined;
  return sequence(from, by, Math.floor((to - from) / by + 1e-9) + 1);
}

/** `count` numbers from `from` to `to`, both included. */
function evenly(from: number, to: number, count: number): readonly string[] | undefined {
  return sequence(from, count > 1 ? (to - from) / (count - 1) : 0, count);
}

/** `count` numbers, rounded to six digits to remove the errors of binary fractions. */
function sequence(from: number, by: number, count: number): readonly string[] | undefined {
  if (count < 1 || count > MAX_CELLS) return undefined;
  return Array.from({ length: count }, (_, i) => String(Number((from + i * by).toFixed(6))));
}
