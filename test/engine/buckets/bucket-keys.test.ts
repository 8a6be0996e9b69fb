import { expect, test } from "vitest";
import { withoutKeys } from "../../../engine/buckets/bucket-keys.ts";

test("keys that a service quotes are cut out, and words that a short key stands in are not", () => {
  const keys = { accessKey: "a", secretKey: "wJalrXUtnFEMI" };
  expect(withoutKeys("a key wJalrXUtnFEMI was left behind", keys)).toBe("a key … was left behind");
  expect(withoutKeys("nothing of the kind", undefined)).toBe("nothing of the kind");
});
