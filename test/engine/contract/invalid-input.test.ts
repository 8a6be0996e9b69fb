import { expect, test } from "vitest";
import { z } from "zod";
import { invalidInput, reasonOf } from "../../../engine/contract/invalid-input.ts";
import { requestSchema } from "../../../engine/contract/request.ts";

const schema = z.object({ picture: z.object({ width: z.int().max(64) }), words: z.string() });

function refusal(input: unknown): object {
  return invalidInput(schema.safeParse(input).error?.issues ?? [], input).details;
}

test("names the first error, its place and the value there", () => {
  expect(refusal({ picture: { width: 65 }, words: 3 })).toEqual({
    field: "picture.width",
    value: "65",
    reason: "it must be at most 64",
  });
  expect(refusal({ picture: { width: 64 } })).toMatchObject({ field: "words", value: "absent" });
  expect(refusal(undefined)).toMatchObject({ field: "The request", value: "absent" });
});

test("repeats little of what was sent", () => {
  const input = { picture: "x".repeat(10_000), words: "" };
  expect(refusal(input)).toMatchObject({ field: "picture", value: `"${"x".repeat(59)}…` });
});

test.each([
  [{ steps: 1001 }, "it must be at most 1000"],
  [{ steps: 1.5 }, "it must be a whole number"],
  [{ steps: 10n ** 20n }, "it is too large"],
  [{ width: 100 }, "it must be a multiple of 8"],
  [{ strength: 0 }, "it must be more than 0"],
  [{ prompt: "x".repeat(10_001) }, "it must have at most 10,000 characters"],
  [{ prompt: undefined }, "it is required"],
  [{ prompt: 7 }, "it must be text"],
  [{ preset: "quick" }, "it must be exact, balanced or fast"],
  [{ colour: "red" }, "it has no colour"],
  [{ seed: "abc" }, "a seed is a whole number"],
  [{ styles: "Pencil" }, "it must be a list"],
])("no validator's words reach a person: %o", (part, reason) => {
  const input = { prompt: "a cat", ...part };
  const { issues = [] } = requestSchema.safeParse(input).error ?? {};
  expect(reasonOf(issues[0])).toBe(reason);
});

test("a file that is too large is named, without what is in it", () => {
  const file = new File([Buffer.alloc(3 << 20)], "styles.csv");
  const { error } = z.object({ file: z.file().max(2 << 20) }).safeParse({ file });
  expect(invalidInput(error?.issues ?? [], { file }).details).toEqual({
    field: "The file",
    value: '"styles.csv"',
    reason: "it must be at most 2 MB",
  });
});
