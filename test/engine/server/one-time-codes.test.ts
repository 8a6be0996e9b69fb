import { expect, test } from "vitest";
import { OneTimeCodes } from "../../../engine/server/one-time-codes.ts";

test("a code works once", () => {
  const codes = new OneTimeCodes();
  const code = codes.issue();
  expect([codes.redeem(code), codes.redeem(code)]).toEqual([true, false]);
});

test("a code is valid for ten minutes", () => {
  let now = 0;
  const codes = new OneTimeCodes(() => now);
  const [early, late] = [codes.issue(), codes.issue()];
  now = 599_999;
  expect(codes.redeem(early)).toBe(true);
  now = 600_000;
  expect(codes.redeem(late)).toBe(false);
});

test("a code has 256 bits and needs no escaping in an address", () => {
  const codes = new OneTimeCodes();
  const many = Array.from({ length: 50 }, () => codes.issue());
  expect(new Set(many).size).toBe(50);
  expect(many.every((code) => /^[\w-]{43}$/.test(code))).toBe(true);
});

test("a code that was never issued is refused", () => {
  const codes = new OneTimeCodes();
  const code = codes.issue();
  expect(["", "x", code.slice(1), `${code}x`].map((one) => codes.redeem(one))).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(codes.redeem(code)).toBe(true);
});

test("of very many open codes the oldest are discarded", () => {
  const codes = new OneTimeCodes();
  const many = Array.from({ length: 150 }, () => codes.issue());
  expect(many.map((code) => codes.redeem(code))).toEqual([
    ...Array<boolean>(50).fill(false),
    ...Array<boolean>(100).fill(true),
  ]);
});
