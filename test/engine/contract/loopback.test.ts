import { expect, test } from "vitest";
import { isLoopback } from "../../../engine/contract/loopback.ts";

test.each([
  ["127.0.0.1", true],
  ["127.1.2.3", true],
  ["localhost", true],
  ["::1", true],
  ["[::1]", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.5", false],
  ["127.evil.test", false],
  ["studio.localhost", false],
  ["localhost.example.com", false],
])("whether %s is loopback: %s", (host, answer) => {
  expect(isLoopback(host)).toBe(answer);
});
