import { expect, test } from "vitest";
import { tokenExpiryWords, tokenStateOf } from "../../../engine/contract/token-expiry.ts";

const NOW = Date.parse("2026-11-25T12:00:00Z");

test.each([
  [undefined, "kept", undefined],
  ["2026-11-26T12:00:01.000Z", "lasting", undefined],
  ["2026-11-26T12:00:00.000Z", "expiring", "expires at 2026-11-26 12:00 UTC"],
  ["2026-11-25T12:00:01.000Z", "expiring", "expires at 2026-11-25 12:00 UTC"],
  ["2026-11-25T12:00:00.000Z", "expired", "expired at 2026-11-25 12:00 UTC"],
])("a token that expires at %s is %s", (tokenExpiresAt, state, words) => {
  const endpoint = { hasToken: true, tokenExpiresAt };
  expect([tokenStateOf(endpoint, NOW), tokenExpiryWords(endpoint, NOW)]).toEqual([state, words]);
});

test("an endpoint without a token has none that expires", () => {
  const endpoint = { hasToken: false, tokenExpiresAt: "2020-01-01T00:00:00.000Z" };
  expect([tokenStateOf(endpoint, NOW), tokenExpiryWords(endpoint, NOW)]).toEqual([
    "none",
    undefined,
  ]);
});
