import * as fc from "fast-check";
import { expect, test } from "vitest";
import { claimsOf, tokenIn } from "../../../engine/endpoints/token-text.ts";
import { refusal } from "../../fakes/refusal.ts";

test.each([
  ["eyJhbGciOi.eyJz.c2ln\n", "eyJhbGciOi.eyJz.c2ln"],
  ["\uFEFF eyJhbGciOi.x.y \r\n\n", "eyJhbGciOi.x.y"],
  [`${"a".repeat(64)}\n${"b".repeat(64)}\r\ncc\n`, `${"a".repeat(64)}${"b".repeat(64)}cc`],
  ["Bearer sha256~abc\n", "sha256~abc"],
  ["", undefined],
  [" \r\n\t", undefined],
])("the token in %j is %j", (text, token) => expect(tokenIn(text)).toBe(token));

test("a token that cannot be in a header is refused without being repeated", () => {
  const work = (): unknown => tokenIn("geheim-ü-7f3a");
  expect(work).toThrow(refusal("REQUEST_INVALID"));
  expect(work).not.toThrow(/geheim/);
});

const WIDE = "a".repeat(64);

test.each([
  ["two short lines", "geheim-one\ngeheim-two\n"],
  ["two of the same kind", `${WIDE}\n${WIDE}`],
  ["a short one amid wide ones", `${WIDE}\ngeheim\n${WIDE}`],
  ["a wide one and the beginning of another", `sha256~${WIDE}\nsha256~geheim`],
])("%s are not a token, and are not repeated", (_, text) => {
  const work = (): unknown => tokenIn(text);
  const reason = "a token is one line";
  expect(work).toThrow(refusal("REQUEST_INVALID", { field: "The token", value: "this", reason }));
  expect(work).not.toThrow(/geheim/);
});

const jwt = (claims: unknown): string =>
  `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;

test.each<[string, string, object]>([
  [
    "one of a service account, which never ends",
    jwt({ sub: "system:serviceaccount:sd-proj:kt2-sa" }),
    { subject: "system:serviceaccount:sd-proj:kt2-sa" },
  ],
  ["one that ends", jwt({ exp: 1_800_000_000 }), { expiresAt: "2027-01-15T08:00:00.000Z" }],
  ["an end beyond all dates", jwt({ exp: 1e300, sub: 5 }), {}],
  ["one that says nothing", jwt([]), {}],
  ["another kind", "sha256~abc", {}],
  ["two dots and no JSON", "a.b.c", {}],
])("%s says what it contains", (_, token, claims) => expect(claimsOf(token)).toEqual(claims));

test("any token can be inspected", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((json) => jwt(JSON.parse(json))),
      ),
      (token) => {
        expect(Object.keys(claimsOf(token)).length).toBeLessThan(3);
      },
    ),
  );
});
