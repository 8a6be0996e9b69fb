import type { SheetAxis, SheetPicture } from "../codecs/contact-sheet.ts";
import type { Axis, Cell } from "../contract/grid.ts";
import type { GenerationRecord } from "../contract/image-record.ts";
import { SOFTWARE } from "../contract/software.ts";
import { recordedPng } from "../image/generation-text.ts";
import type { Pixels } from "../image/pixels.ts";

export type { SheetPicture } from "../codecs/contact-sheet.ts";

/** The contact sheet of a grid; its record is not yet in the PNG. */
export interface GridSheet {
  readonly png: Uint8Array;
  readonly pixels: Pixels;
  readonly record: GenerationRecord;
}

/** Draws the contact sheet of a grid from some of its pictures, at least one; `record` is that of one of them. */
export async function gridSheet(
  grid: Cell,
  pictures: readonly SheetPicture[],
  record: GenerationRecord,
): Promise<GridSheet> {
  // A large native module, so it is loaded with the first sheet.
  const { contactSheet } = await import("../codecs/contact-sheet.ts");
  const sheet = await contactSheet(pictures, axisOf(grid.x), grid.y && axisOf(grid.y));
  return { ...sheet, record: sheetRecord(record, grid, sheet.pixels) };
}

/** The PNG of a contact sheet with its record in it, as the pictures of `generate` have theirs. */
export function recordedSheet({ png, record }: GridSheet): Uint8Array {
  return recordedPng(png, record);
}

function axisOf({ setting, values }: Axis): SheetAxis {
  return { title: titleOf(setting), labels: values };
}

/** `negative-prompt` as `Negative prompt`. */
function titleOf(setting: string): string {
  return setting.charAt(0).toUpperCase() + setting.slice(1).replaceAll("-", " ");
}

/** The record of the settings that all pictures share, and of the axes. */
function sheetRecord(
  { prompt, negativePrompt, model, device }: GenerationRecord,
  { id, x, y }: Cell,
  { width, height }: { readonly width: number; readonly height: number },
): GenerationRecord {
  return {
    prompt,
    negativePrompt,
    model,
    device,
    width,
    height,
    grid: { id, x, ...(y && { y }) },
    createdAt: new Date().toISOString(),
    ...SOFTWARE,
  };
}
