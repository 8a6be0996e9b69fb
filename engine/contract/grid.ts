import { z } from "zod";
import { StudioError } from "./errors.ts";
import { DECODERS, guidanceIntervalSchema, PRESETS } from "./presets.ts";
import { PRECISIONS } from "./precision.ts";
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
  "precision",
  "decoder",
  "guidance-interval",
  "cache-interval",
  "negative-prompt",
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

/** The id of a grid's contact sheet in the gallery. */
export function sheetId({ id }: Pick<Cell, "id">): string {
  return `grid-${id}`;
}

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

/** The settings whose values are names of a table. */
const NAMES: Readonly<Partial<Record<AxisSetting, readonly string[]>>> = {
  sampler: SCHEDULER_NAMES,
  preset: PRESETS,
  precision: ["auto", ...PRECISIONS],
  decoder: DECODERS,
};

const READERS: Readonly<Record<AxisSetting, Reader>> = {
  steps: numberOf("steps"),
  guidance: numberOf("guidanceScale"),
  strength: numberOf("strength"),
  seed: (value) => (shape.seed.safeParse(value).success ? { seed: value } : undefined),
  sampler: (value) => oneOf("scheduler", NAMES.sampler, value),
  precision: (value) => oneOf("precision", NAMES.precision, value),
  decoder: (value) => oneOf("decoder", NAMES.decoder, value),
  "cache-interval": numberOf("cacheInterval"),
  // Two shares of the steps, such as 0-0.8; 0-1 is all of them.
  "guidance-interval": (value) => {
    const [, from, to] = /^(\d(?:\.\d{1,6})?)\s*-\s*(\d(?:\.\d{1,6})?)$/.exec(value) ?? [];
    const { success, data } = guidanceIntervalSchema.safeParse([Number(from), Number(to)]);
    return success ? { guidanceInterval: data } : undefined;
  },
  "negative-prompt": (value) => ({ negativePrompt: value === "none" ? "" : value }),
  preset: (value) => {
    const chosen = oneOf("preset", NAMES.preset, value);
    // Clears what the preset decides, since explicitly given values would take precedence.
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

function numberOf(name: "steps" | "guidanceScale" | "strength" | "cacheInterval"): Reader {
  return (value) => {
    const number = Number(value);
    const isSound = value.trim() !== "" && shape[name].safeParse(number).success;
    return isSound ? { [name]: number } : undefined;
  };
}

/** Names are read in any case. */
function oneOf(
  name: string,
  known: readonly string[] | undefined,
  value: string,
): object | undefined {
  const found = known?.find((one) => one === value.toLowerCase());
  return found === undefined ? undefined : { [name]: found };
}

/** The first value of an axis that is invalid for a request; undefined if all are valid. */
export function wrongValue(axis: Axis, request: GenerationRequest): string | undefined {
  return axis.values.find((value) => READERS[axis.setting](value, request, axis) === undefined);
}

/** Refuses a grid that is too large, varies a setting twice or has an invalid value. */
export function checkGrid({ x, y }: Grid, request: GenerationRequest): void {
  const count = countCells({ x, y });
  if (count > MAX_CELLS) {
    const reason = `at most ${MAX_CELLS} pictures are drawn at once`;
    throw new StudioError("REQUEST_INVALID", { field: "The grid", value: count, reason });
  }
  if (x.setting === y?.setting && !ADDED.has(x.setting)) {
    const reason = "both axes set it, so choose another setting for one of them";
    const field = `The axis ${y.setting}`;
    throw new StudioError("REQUEST_INVALID", { field, value: "used twice", reason });
  }
  for (const axis of y ? [x, y] : [x]) {
    if (axis.setting === "strength" && request.initImageId === undefined) {
      const reason = "it has no effect without a start image";
      throw new StudioError("REQUEST_INVALID", {
        field: "The axis strength",
        value: "used",
        reason,
      });
    }
    const value = wrongValue(axis, request);
    if (value === undefined) continue;
    const reason = faultOf(axis.setting);
    const field = `The axis ${axis.setting}`;
    throw new StudioError("REQUEST_INVALID", { field, value: JSON.stringify(value), reason });
  }
}

/** Why a value of a setting is refused, and which values it has. */
function faultOf(setting: AxisSetting): string {
  if (setting === "prompt") return "the first value must be in the prompt";
  if (setting === "guidance-interval")
    return "it must be two shares of the steps from 0 to 1, such as 0-0.8";
  const names = NAMES[setting];
  if (names !== undefined) return `it must be one of ${names.join(", ")}`;
  return "it is not a value of this setting";
}

/** Settings that may be on both axes: each can replace other words of the prompt, or add another style. */
const ADDED: ReadonlySet<AxisSetting> = new Set(["prompt", "style"]);

export interface CellRequest {
  readonly column: number;
  readonly row: number;
  readonly request: GenerationRequest;
}

/**
 * The request of every cell, in the order in which to draw them: row by row, or column by column where another column
 * needs another model or precision to be loaded. All values must be valid: see `wrongValue`.
 */
export function cellRequests(request: GenerationRequest, { x, y }: Grid): readonly CellRequest[] {
  const single: GenerationRequest = { ...request, count: 1 };
  const cells = (y?.values ?? [undefined]).flatMap((down, row) =>
    x.values.map((across, column) => {
      const sides = [
        ...(y && down !== undefined ? [{ axis: y, value: down }] : []),
        { axis: x, value: across },
      ];
      // A preset clears the settings that it decides, but a value of the other axis takes precedence.
      const inOrder = sides.toSorted((a, b) => weightOf(b.axis) - weightOf(a.axis));
      const varied = inOrder.reduce((one, { axis, value }) => withValue(one, axis, value), single);
      return { column, row, request: varied };
    }),
  );
  if (weightOf(x) <= weightOf(y)) return cells;
  return cells.toSorted((a, b) => a.column - b.column || a.row - b.row);
}

/** How much has to be loaded again when an axis moves to its next value. A preset decides the precision as well. */
function weightOf(axis: Axis | undefined): number {
  return LOADING.indexOf(axis?.setting ?? "steps") + 1;
}

const LOADING: readonly AxisSetting[] = ["precision", "preset", "model"];

function withValue(request: GenerationRequest, axis: Axis, value: string): GenerationRequest {
  return { ...request, ...READERS[axis.setting](value, request, axis) };
}

export function countCells({ x, y }: Grid): number {
  return x.values.length * (y?.values.length ?? 1);
}
