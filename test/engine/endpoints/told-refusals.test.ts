import * as fc from "fast-check";
import { expect, test } from "vitest";
import { withoutSecrets } from "../../../engine/endpoints/told-refusals.ts";

const TOKEN = "canary+7f3a9c/51d0ab=b2c4e6~d8f0a2";
const base64 = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["as it is", TOKEN],
  ["in an address", encodeURIComponent(TOKEN)],
  ["in hexadecimal digits", Buffer.from(TOKEN).toString("hex")],
  ["in base64", base64(TOKEN)],
  ["in an address' base64", Buffer.from(TOKEN).toString("base64url")],
  ["behind a name in base64", base64(`me:${TOKEN}`)],
  ["amid JSON in base64", base64(JSON.stringify({ token: TOKEN, more: 1 }))],
])("a secret that is quoted %s is removed", (_, form) => {
  const told = withoutSecrets(`It was sent ${form}, it says.`, [TOKEN]);
  expect(told).toContain("…");
  const parts = [form, TOKEN].flatMap((text) => [text.slice(12, 24), text.slice(20, 32)]);
  expect(parts.filter((part) => told.includes(part))).toEqual([]);
});

test("wherever base64 contains a secret, fewer than eight of its letters are left", () => {
  const around = fc.string({ unit: "grapheme-ascii", maxLength: 9 });
  fc.assert(
    fc.property(around, around, (before, after) => {
      const whole = base64(before + TOKEN + after);
      const inner = base64(`${"x".repeat(Buffer.byteLength(before) % 3)}${TOKEN}`).slice(8, -8);
      expect(withoutSecrets(whole, [TOKEN])).not.toContain(inner.slice(0, 8));
    }),
  );
});

test("other texts stay unchanged", () => {
  const text = "the queue is full: canary";
  expect(withoutSecrets(text, [TOKEN])).toBe("the queue is full: …");
  expect(withoutSecrets("the queue is full", [TOKEN])).toBe("the queue is full");
});
