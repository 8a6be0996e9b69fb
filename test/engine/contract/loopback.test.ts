import { expect, test } from "vitest";
import { isLoopback, withScheme } from "../../../engine/contract/loopback.ts";

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

test.each([
  ["127.0.0.1:8090", "http://127.0.0.1:8090"],
  [" 127.1.2.3/v2/models/sd/infer ", "http://127.1.2.3/v2/models/sd/infer"],
  ["localhost", "http://localhost"],
  ["LOCALHOST:8080", "http://LOCALHOST:8080"],
  ["sd.localhost:8080", "http://sd.localhost:8080"],
  ["[::1]:8080", "http://[::1]:8080"],
  ["https://localhost", "https://localhost"],
  ["grpc://127.0.0.1:8081", "grpc://127.0.0.1:8081"],
  ["sd.example.com:8443", "https://sd.example.com:8443"],
  ["localhost.example.com", "https://localhost.example.com"],
  ["127.0.0.1.example.com", "https://127.0.0.1.example.com"],
  ["127.0.0.1@sd.example.com", "https://127.0.0.1@sd.example.com"],
  ["localhost:1@sd.example.com", "https://localhost:1@sd.example.com"],
  ["192.168.1.5:8080", "https://192.168.1.5:8080"],
  ["::", "https://::"],
])("the address %s is completed to %s", (typed, complete) => {
  expect(withScheme(typed)).toBe(complete);
});
