import { type Command, InvalidArgumentError } from "commander";
import { StudioError } from "../contract/errors.ts";
import {
  type Axis,
  AXIS_SETTINGS,
  type AxisSetting,
  type Grid,
  MAX_CELLS,
} from "../contract/grid.ts";
import { parseValues } from "../contract/grid-values.ts";

/** The flags of a grid. */
export interface GridFlags {
  readonly gridX?: Axis;
  readonly gridY?: Axis;
  readonly count: number;
}

/** Adds the flags of a grid. */
export function withGridFlags(command: Command): Command {
  return command
    .option(
      "--grid-x <setting=values>",
      `a picture for each value, and all on one contact sheet: steps=10,20,30 or steps=10-30 [3]; of ${AXIS_SETTINGS.join(", ")}`,
      axis,
    )
    .option("--grid-y <setting=values>", "a row of the sheet for each value of this one", axis);
}

/** Names that the other flags use for the same setting. */
const ALIASES: Readonly<Record<string, AxisSetting>> = {
  scheduler: "sampler",
  negative: "negative-prompt",
};

/** An axis, such as steps=10,20,30. */
function axis(text: string): Axis {
  const [, name = "", list = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const wanted = name.trim().toLowerCase();
  const setting = ALIASES[wanted] ?? AXIS_SETTINGS.find((one) => one === wanted);
  if (setting === undefined) {
    const known = AXIS_SETTINGS.join(", ");
    throw new InvalidArgumentError(
      `It must be like steps=10,20,30, with one of these settings: ${known}.`,
    );
  }
  const values = parseValues(setting, list);
  if (values === undefined) {
    throw new InvalidArgumentError(
      `Enter values of ${setting} with commas between them, at most ${MAX_CELLS}.`,
    );
  }
  return { setting, values: [...values] };
}

/** The grid in the flags; undefined without one. Refuses flags that do not go together. */
export function gridOf({ gridX: x, gridY: y, count }: GridFlags): Grid | undefined {
  if (x === undefined && y === undefined) return undefined;
  if (x === undefined) throw wrong("--grid-y", "used alone", "add --grid-x");
  if (count !== 1) throw wrong("--count", count, "a grid has one picture for each value");
  return { x, ...(y && { y }) };
}

function wrong(field: string, value: string | number, reason: string): StudioError {
  return new StudioError("REQUEST_INVALID", { field, value, reason });
}
