import { create } from "zustand";
import type { AxisSetting } from "../../engine/contract/grid.ts";

/** One side of a grid: its setting, if any, and the values as they are typed. */
export interface GridSide {
  readonly setting: AxisSetting | "nothing";
  readonly text: string;
}

/** The axes as last typed, kept for the next grid until the page is closed. */
export const useGridDraft = create<{ readonly across: GridSide; readonly down: GridSide }>()(
  () => ({
    across: { setting: "steps", text: "" },
    down: { setting: "nothing", text: "" },
  }),
);
