import { expect, test } from "vitest";
import { withoutKeys } from "../../../engine/buckets/bucket-keys.ts";

test("keys that a service quotes are removed, but not words that contain a short key", () => {
  const keys = { accessKey: "a", secretKey: "wJalrXUtnFEMI" };
  expect(withoutKeys("a key wJalrXUtnFEMI was left behind", keys)).toBe("a key … was left behind");
  expect(withoutKeys("nothing of the kind", undefined)).toBe("nothing of the kind");
});
