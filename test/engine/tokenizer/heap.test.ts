import * as fc from "fast-check";
import { expect, test } from "vitest";
import { MinHeap } from "../../../engine/tokenizer/heap.ts";

test("returns numbers in order, whenever they were added", () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (early, late) => {
      const heap = new MinHeap();
      for (const item of early) heap.push(item);
      const first = heap.pop();
      for (const item of late) heap.push(item);
      const rest = Array.from({ length: early.length + late.length }, () => heap.pop());

      const [smallest, ...others] = early.toSorted((a, b) => a - b);
      const sorted = [...others, ...late].toSorted((a, b) => a - b);
      expect(first).toBe(smallest);
      expect(rest.filter((item) => item !== undefined)).toEqual(sorted);
    }),
  );
});
