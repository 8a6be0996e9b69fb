import { expect, test } from "vitest";
import { z } from "zod";
import { invalidInput } from "../../../engine/contract/invalid-input.ts";

const schema = z.object({ picture: z.object({ width: z.int().max(64) }), words: z.string() });

function refusal(input: unknown): object {
  return invalidInput(schema.safeParse(input).error?.issues ?? [], input).details;
}

test("names the first thing that is wrong, where it is and what stands there", () => {
  expect(refusal({ picture: { width: 65 }, words: 3 })).toEqual({
    field: "picture.width",
    value: "65",
    reason: "Too big: expected number to be <=64",
  });
  expect(refusal({ picture: { width: 64 } })).toMatchObject({ field: "words", value: "absent" });
  expect(refusal(undefined)).toMatchObject({ field: "The request", value: "absent" });
});

test("repeats little of what was sent", () => {
  const input = { picture: "x".repeat(10_000), words: "" };
  expect(refusal(input)).toMatchObject({ field: "picture", value: `"${"x".repeat(59)}…` });
});
