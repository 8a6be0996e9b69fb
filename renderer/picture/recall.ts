import type { ForeignRecord } from "../../engine/contract/image-record.ts";
import { RECALLED, recallRecord, type Recalled } from "../state/form.ts";

/** What of a picture's settings is taken over. */
export type Part = "all" | "remix" | "prompt" | "seed" | "size";

const PARTS: Readonly<Record<Part, readonly Recalled[]>> = {
  all: RECALLED,
  remix: RECALLED.filter((name) => name !== "seed"),
  prompt: ["prompt", "negativePrompt"],
  seed: ["seed"],
  size: ["width", "height"],
};

/** Takes over a part of how a picture was made into the form. */
export function recallPart(record: ForeignRecord, part: Part): void {
  recallRecord(record, PARTS[part]);
}
