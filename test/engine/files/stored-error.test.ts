import { expect, test } from "vitest";
import { StudioError, toWire } from "../../../engine/contract/errors.ts";
import { asStored, readStoredError } from "../../../engine/files/stored-error.ts";

const rewritten = (stored: unknown) =>
  JSON.stringify({ error: readStoredError(stored) }, (_, value) => asStored(value));

test.each([
  ["a refusal of another version", { message: "It rains.", code: "RAIN", drops: [7, null] }],
  ["a refusal without words", { code: "RAIN" }],
  ["a number", 7],
  ["nothing", null],
  ["a refusal of this version", toWire(new StudioError("NOT_RUNNING", { folder: "/x" }))],
])("%s is written again byte for byte", (_, stored) => {
  expect(rewritten(stored)).toBe(JSON.stringify({ error: stored }));
});

test("an unknown code is shown with its message", () => {
  const { code, message } = readStoredError({ code: "RAIN", message: "It rains." }) ?? {};
  expect(code).toBe("REASON_UNKNOWN");
  expect(message).toContain("It rains.");
});
