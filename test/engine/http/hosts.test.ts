import { expect, test } from "vitest";
import { hostsOf, originOf } from "../../../engine/http/hosts.ts";

const LOOPBACK = ["127.0.0.1:7860", "localhost:7860", "[::1]:7860"];

test("loopback is always allowed, and so are the bound address and chosen names", () => {
  expect([...hostsOf("127.0.0.1", 7860, [])]).toEqual(LOOPBACK);
  expect([...hostsOf("192.168.1.5", 7860, ["Studio.example"])]).toEqual([
    ...LOOPBACK,
    "192.168.1.5:7860",
    "studio.example:7860",
  ]);
  expect([...hostsOf("fd00::5", 7860, [])]).toEqual([...LOOPBACK, "[fd00::5]:7860"]);
});

test("a listener on all addresses is reached by each of them, and by no other name", () => {
  const hosts = hostsOf("0.0.0.0", 7860, []);
  expect(LOOPBACK.every((host) => hosts.has(host))).toBe(true);
  expect([...hosts].every((host) => /^(localhost|[\d.]+|\[[\da-f:]+\]):7860$/.test(host))).toBe(
    true,
  );
});

test("browsers omit port 80", () => {
  expect([...hostsOf("127.0.0.1", 80, [])]).toEqual(["127.0.0.1", "localhost", "[::1]"]);
});

test.each([
  ["127.0.0.1", "http://127.0.0.1:7860"],
  ["0.0.0.0", "http://127.0.0.1:7860"],
  ["::1", "http://[::1]:7860"],
])("a listener on %s is opened at %s", (host, origin) => {
  expect(originOf(host, 7860)).toBe(origin);
});
