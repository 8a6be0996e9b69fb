import { ORPCError } from "@orpc/client";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import {
  asFailure,
  ConnectionLost,
  isLockedOut,
  labelled,
} from "../../../renderer/connection/failure.ts";
import { fieldLabel } from "../../../renderer/words/field-label.ts";
import { loadWords } from "../../../renderer/words/words.ts";

test("a refusal arrives with its code and details", () => {
  const error = new ORPCError("OUT_OF_MEMORY", { status: 507, data: { doing: "decoding" } });
  expect(asFailure(error)).toEqual(new StudioError("OUT_OF_MEMORY", { doing: "decoding" }));
});

test("a refusal of the gate, before the contract, locks out", () => {
  const wire = { code: "TOKEN_REFUSED", message: "no", details: { reason: "no token" } };
  for (const data of [wire, undefined]) {
    const failure = asFailure(new ORPCError("UNAUTHORIZED", { status: 401, data }));
    expect([failure.message, isLockedOut(failure)]).toEqual([failure.message, true]);
  }
});

test("no answer at all is a lost connection, and not locked out", () => {
  const failure = asFailure(new TypeError("Failed to fetch"));
  expect(failure).toBeInstanceOf(ConnectionLost);
  expect(isLockedOut(failure)).toBe(false);
});

test("an answer that is not ours is an internal error, not a lost connection", () => {
  const failure = asFailure(new ORPCError("TEAPOT", { status: 418, message: "short and stout" }));
  expect(failure).toEqual(new StudioError("INTERNAL", { reason: "short and stout" }));
});

test.each([
  ["negativePrompt", "Negative prompt"],
  ["request.cacheInterval", "Full steps"],
  ["The axis guidance-interval", "Guidance applies to"],
  ["toString", "toString"],
  ["The start image", "The start image"],
])("a refusal of %s names %s", async (field, label) => {
  await loadWords();
  const details = { value: "this", reason: "it is too long" };
  const refused = new StudioError("REQUEST_INVALID", { field, ...details });
  const { message } = labelled(refused, fieldLabel);
  expect(message).toContain(`${label} cannot be this: it is too long.`);
});

test("refusals of other kinds keep their words", () => {
  const refused = new StudioError("OUT_OF_MEMORY", { doing: "decoding" });
  expect(labelled(refused, () => "never")).toBe(refused);
});
