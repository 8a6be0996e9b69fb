import { expect, test } from "vitest";
import { orAborted } from "../../../engine/files/or-aborted.ts";

const never = Promise.withResolvers<string>().promise;

test("returns the work's result, with and without a signal", async () => {
  const { signal } = new AbortController();
  const done = Promise.resolve("done");
  expect([await orAborted(done, undefined), await orAborted(done, signal)]).toEqual([
    "done",
    "done",
  ]);
  const failure = new Error("it failed");
  await expect(orAborted(Promise.reject(failure), signal)).rejects.toBe(failure);
});

test("ends with the reason of the abort, before or during the work", async () => {
  const reason = new DOMException("enough", "AbortError");
  const leave = new AbortController();
  const waiting = orAborted(never, leave.signal);
  leave.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(orAborted(never, leave.signal)).rejects.toBe(reason);
});
