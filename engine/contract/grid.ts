import { z } from "zod";
import { StudioError } from "./errors.ts";
import { PRESETS } from "./presets.ts";
import { type GenerationRequest, requestSchema } from "./request.ts";
import { SCHEDULER_NAMES } from "./schedulers.ts";
import { styleNameSchema } from "./styles.ts";

/** Maximum number of pictures in a grid, as for any press. */
export const MAX_CELLS = 100;

/** Maximum length of a value, which is also a label. */
const MAX_VALUE = 500;

/** The settings that an axis can vary. Stored, so names are only added. */
export const AXIS_SETTINGS = [
  "steps",
  "guidance",
  "seed",
  "sampler",
  "preset",
  "size",
  "model",
  "prompt",
  "style",
  "strength",
] as const;
export type AxisSetting = (typeof AXIS_SETTINGS)[number];

/**
 * One axis of a grid: a setting, and its values as typed. For a prompt, the first value is the text that the others
 * replace.
 */
export const axisSchema = z.strictObject({
  setting: z.enum(AXIS_SETTINGS),
  values: z.array(z.string().max(MAX_VALUE)).min(1).max(MAX_CELLS),
});
export type Axis = z.output<typeof axisSchema>;

/** A picture's position in a grid, stored in the order and the record. Counted from 0. */
export const cellSchema = z.object({
  /** The same for all pictures of a grid. */
  id: z.string().max(64),
  x: axisSchema,
  y: axisSchema.optional(),
  /** Absent for the contact sheet itself. */
  column: z.int().min(0).optional(),
  row: z.int().min(0).optional(),
});
export type Cell = z.output<typeof cellSchema>;

/** A grid: the axes along which a request is varied. */
export const gridSchema = z.object({ x: axisSchema, y: axisSchema.optional() });
export type Grid = z.output<typeof gridSchema>;

/** A press for a whole grid. */
export const gridRequestSchema = z.object({
  request: requestSchema.extend({ isFirst: z.boolean().optional() }),
  grid: gridSchema,
});

/** How long a whole grid would take. */
export const gridEstimateSchema = z.object({
  cells: z.int(),
  /** Seconds for all pictures, without loading models. */
  seconds: z.number(),
});

/** The changes to a request for a value; undefined if it is invalid. */
type Reader = (value: string, request: GenerationRequest, axis: Axis) => object | undefined;

const { shape } = requestSchema;

const READERS: Readonly<Record<AxisSetting, Reader>> = {
  steps: numberOf("steps"),
  guidance: numberOf("guidanceScale"),
  strength: numberOf("strength"),
  seed: (value) => (shape.seed.safeParse(value).success ? { seed: value } : undefined),
  sampler: (value) => oneOf("scheduler", SCHEDULER_NAMES, value),
  preset: (value) => {
    const chosen = oneOf("preset", PRESETS, value);
    // What a preset decides is cleared; values that are named go first.
    const left = { steps: undefined, scheduler: undefined, precision: undefined };
    return chosen && { ...left, cacheInterval: undefined, ...chosen };
  },
  size: (value) => {
    const [, width, height] = /^(\d{1,5})\s*[x×]\s*(\d{1,5})$/.exec(value) ?? [];
    const size = { width: Number(width), height: Number(height) };
    const isSound =
      shape.width.safeParse(size.width).success && shape.height.safeParse(size.height).success;
    return isSound ? size : undefined;
  },
  model: (value) => (shape.model.safeParse(value).success ? { model: value } : undefined),
  style: (value, { styles = [] }) =>
    value === "none" || value === ""
      ? {}
      : styleNameSchema.safeParse(value).success
        ? { styles: [...styles, value] }
        : undefined,
  prompt: (value, { prompt, negativePrompt = "" }, { values: [sought = ""] }) =>
    sought !== "" && `${prompt}\n${negativePrompt}`.includes(sought)
      ? {
          prompt: prompt.replaceAll(sought, () => value),
          negativePrompt: negativePrompt.replaceAll(sought, () => value),
        }
      : undefined,
};

function numberOf(name: "steps" | "guidanceScale" | "strength"): Reader {
  return (value) => {
    const number = Number(value);
    const isSound = value.trim() !== "" && shape[name].safeParse(number).success;
    return isSound ? { [name]: number } : undefined;
  };
}

function oneOf(name: string, known: readonly string[], value: string): object | undefined {
  return known.includes(value) ? { [name]: value } : undefined;
}

/** The first value of an axis that is invalid for a request; undefined if all are valid. */
export function wrongValue(axis: Axis, request: GenerationRequest): string | undefined {
  return axis.values.find((value) => READERS[axis.setting](value, request, axis) === undefined);
}

/** Refuses a grid that is too large or has an invalid value. */
export function checkGrid({ x, y }: Grid, request: GenerationRequest): void {
  const count = countCells({ x, y });
  if (count > MAX_CELLS) {
    const reason = `at most ${MAX_CELLS} pictures are drawn at once`;
    throw new StudioError("REQUEST_INVALID", { field: "The grid", value: count, reason });
  }
  for (const axis of y ? [x, y] : [x]) {
    const value = wrongValue(axis, request);
    if (value === undefined) continue;
    const reason = axis.setting === "prompt" ? "the first value must be in the prompt" : FAULT;
    const field = `The axis ${axis.setting}`;
    throw new StudioError("REQUEST_INVALID", { field, value: JSON.stringify(value), reason });
  }
}

const FAULT = "it is no value of this setting";

export interface CellRequest {
  readonly column: number;
  readonly row: number;
  readonly request: GenerationRequest;
}

/** The request of every cell, row by row. All values must be valid: see `wrongValue`. */
export function cellRequests(request: GenerationRequest, { x, y }: Grid): readonly CellRequest[] {
  const single = { ...request, count: 1 };
  return (y?.values ?? [undefined]).flatMap((down, row) => {
    const inRow = y && down !== undefined ? withValue(single, y, down) : single;
    return x.values.map((across, column) => ({
      column,
      row,
      request: withValue(inRow, x, across),
    }));
  });
}

function withValue(request: GenerationRequest, axis: Axis, value: string): GenerationRequest {
  return { ...request, ...READERS[axis.setting](value, request, axis) };
}

export function countCells({ x, y }: Grid): number {
  return x.values.length * (y?.values.length ?? 1);
}

/**
 * Values as typed: a comma-separated list, in which `5:9:2` means 5, 7, 9 (from, to, by; by defaults to 1), and quotes
 * protect commas. Undefined if it is empty or has more values than a grid has cells.
 */
export function parseValues(setting: AxisSetting, text: string): readonly string[] | undefined {
  const values: string[] = [];
  for (const part of partsOf(text)) {
    const range = RANGED.has(setting) ? RANGE.exec(part) : null;
    const more = range ? numbersOf(range.slice(1).map(Number)) : [part];
    if (more === undefined || values.length + more.length > MAX_CELLS) return undefined;
    values.push(...more);
  }
  return values.length === 0 ? undefined : values;
}

const RANGED: ReadonlySet<AxisSetting> = new Set(["steps", "guidance", "seed", "strength"]);
const RANGE = /^(\d{1,15}(?:\.\d{1,6})?):(\d{1,15}(?:\.\d{1,6})?)(?::(\d{1,15}(?:\.\d{1,6})?))?$/;

function partsOf(text: string): readonly string[] {
  return [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)].flatMap(
    ([, quoted, plain = ""]) => {
      if (quoted !== undefined) return [quoted.replaceAll('""', '"')];
      return plain.trim() === "" ? [] : [plain.trim()];
    },
  );
}

/** From, to, by; without the rounding errors of binary fractions. */
function numbersOf([from = 0, to = 0, by = 1]: readonly number[]): readonly string[] | undefined {
  const step = Number.isNaN(by) ? 1 : by;
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (!(step > 0) || count < 1 || count > MAX_CELLS) return undefined;
  return Array.from({ length: count }, (_, i) => String(Number((from + i * step).toFixed(6))));
}
