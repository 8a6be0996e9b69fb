import { expect, test } from "vitest";
import { REFUSALS, type RefusalCode, StudioError } from "../../../engine/contract/errors.ts";
import { neverStarted, withRetries } from "../../../engine/endpoints/retries.ts";

const busy = (retryAfterSeconds?: number): StudioError =>
  new StudioError("ENDPOINT_BUSY", {
    status: 503,
    reason: "full",
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });

/**
 * Fails with `errors`, one after another, and then succeeds; returns the pauses and the attempts that were reported.
 */
async function run(errors: readonly unknown[], chance = 0.5) {
  const [waits, attempts]: [number[], number[]] = [[], []];
  let asked = 0;
  const outcome: unknown = await withRetries(
    async () => {
      const error = errors[asked++];
      if (error !== undefined) throw error;
      return "picture";
    },
    {
      signal: new AbortController().signal,
      onAttempt: (attempt) => attempts.push(attempt),
      chance: () => chance,
      wait: async (ms) => void waits.push(ms),
    },
  ).catch((error: unknown) => error);
  return { outcome, asked, waits, attempts };
}

test("a busy endpoint is asked again after a random pause that grows", async () => {
  expect(await run([busy(), busy(), busy(), busy()])).toEqual({
    outcome: "picture",
    asked: 5,
    waits: [1000, 2000, 4000, 8000],
    attempts: [1, 2, 3, 4, 5],
  });
});

test("the fifth refusal is final", async () => {
  const last = busy();
  const { outcome, asked } = await run([busy(), busy(), busy(), busy(), last, busy()]);
  expect([outcome, asked]).toEqual([last, 5]);
});

test.each([
  [0, [7000]],
  [1, [9000]],
])("a requested delay is kept, with a small random addition (%s)", async (chance, waits) => {
  expect(await run([busy(7)], chance)).toMatchObject({ outcome: "picture", waits });
});

test("a wait that is too long is not started", async () => {
  expect(await run([busy(301)])).toMatchObject({ asked: 1, waits: [] });
});

test.each([
  new StudioError("ENDPOINT_TOKEN_REFUSED", { reason: "x" }),
  new StudioError("ENDPOINT_REPLY_INVALID", { reason: "x" }),
  new StudioError("ENDPOINT_TIMED_OUT", { status: 504 }),
  new StudioError("ENDPOINT_MOVED", { location: "x" }),
  new StudioError("ENDPOINT_REFUSED", { status: 500, reason: "x" }),
  // It may have been sent, and may be drawn.
  new StudioError("ENDPOINT_UNREACHABLE", { host: "x", reason: "it closed the connection" }),
  new Error("a mistake"),
])("one attempt: %s", async (error) => {
  expect(await run([error])).toEqual({ outcome: error, asked: 1, waits: [], attempts: [1] });
});

test("a cancelled wait ends at once, with the reason", async () => {
  const cancel = new AbortController();
  const reason = new Error("cancelled");
  const asking = withRetries(() => Promise.reject(busy(200)), { signal: cancel.signal });
  setTimeout(() => cancel.abort(reason), 20);
  await expect(asking).rejects.toBe(reason);
});

const NEVER: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  "ENDPOINT_CERTIFICATE",
  "ENDPOINT_TOKEN_REFUSED",
  "ENDPOINT_MODEL_UNKNOWN",
  "ENDPOINT_MOVED",
  "ENDPOINT_BUSY",
  "ENDPOINT_NOT_STARTED",
  "ENDPOINT_NOT_SERVED",
  "DEVICE_UNAVAILABLE",
  "OUT_OF_MEMORY",
  "PROXY_FAILED",
  "PROXY_INVALID",
]);

test("in the whole table of refusals, these codes alone say that nothing was started", () => {
  const codes = Object.keys(REFUSALS) as RefusalCode[];
  const found = codes.filter((code) => neverStarted(new StudioError(code, {})));
  expect(new Set(found)).toEqual(NEVER);
});

test.each([
  ["ENDPOINT_UNREACHABLE", { sent: "nothing" }, true],
  ["ENDPOINT_UNREACHABLE", { host: "edge" }, false],
  ["ENDPOINT_NOT_SERVED", { status: 404 }, true],
  ["ENDPOINT_NOT_SERVED", { status: 503 }, true],
  ["ENDPOINT_NOT_SERVED", { status: 502 }, false],
  ["NOT_FOUND", { what: "endpoint" }, true],
  ["NOT_FOUND", { what: "start image" }, false],
] as const)("%s with %j: %s", (code, details, isNever) => {
  expect(neverStarted(new StudioError(code, details))).toBe(isNever);
});

test("an internal error may have happened at any time", () => {
  expect(neverStarted(new Error("?"))).toBe(false);
});
