import type { Image } from "../../engine/contract/gallery.ts";
import { formatShare } from "../words/format.ts";

/** The fields that say how a picture was made, in display order. */
export const COMPARED = [
  "prompt",
  "negativePrompt",
  "seed",
  "size",
  "steps",
  "guidanceScale",
  "scheduler",
  "precision",
  "decoder",
  "guidanceInterval",
  "cacheInterval",
  "strength",
  "model",
  "device",
] as const;
export type ComparedField = (typeof COMPARED)[number];

/** One field of two pictures; undefined if a picture does not have it. */
export interface ComparedValue {
  readonly name: ComparedField;
  readonly left: string | undefined;
  readonly right: string | undefined;
  readonly isSame: boolean;
}

/** All known fields of both, those that differ first. */
export function compareRecords(left: Image, right: Image): readonly ComparedValue[] {
  const all = COMPARED.map((name): ComparedValue => {
    const [one, other] = [valueOf(left, name), valueOf(right, name)];
    return { name, left: one, right: other, isSame: one === other };
  });
  const known = all.filter((value) => value.left !== undefined || value.right !== undefined);
  return [...known.filter(({ isSame }) => !isSame), ...known.filter(({ isSame }) => isSame)];
}

function valueOf({ record }: Image, name: ComparedField): string | undefined {
  if (name === "size") return `${record.width} × ${record.height}`;
  if (name === "guidanceInterval") return record[name]?.map(formatShare).join(" – ");
  const value = record[name];
  return value === undefined || value === "" ? undefined : String(value);
}
