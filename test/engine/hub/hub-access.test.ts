import { expect, test } from "vitest";
import {
  authorizationFor,
  fileAddress,
  hubEndpoint,
  type HubAccess,
} from "../../../engine/hub/hub-access.ts";

test.each([
  ["https://mirror.example/", { HF_ENDPOINT: "https://other.example" }, "https://mirror.example"],
  [undefined, { HF_ENDPOINT: "https://other.example//" }, "https://other.example"],
  [undefined, { HF_ENDPOINT: "" }, "https://huggingface.co"],
  [undefined, {}, "https://huggingface.co"],
])("uses the chosen hub %j, otherwise that of %j: %s", (chosen, env, endpoint) => {
  expect(hubEndpoint(chosen, env)).toBe(endpoint);
});

test.each([
  ["mirror.example", "mirror.example", "must start"],
  ["127.0.0.1:8090/path", "127.0.0.1:8090", "must start"],
  ["alice:secret@mirror.example", "mirror.example", "must start"],
  ["ftp://mirror.example", "ftp://mirror.example", "must start"],
  ["https://alice:secret@mirror.example", "https://mirror.example", "user name"],
  ["http://[mirror", "http://[mirror", "not an address"],
])("names a hub address that cannot be used: %s", (value, address, reason) => {
  const refused = expect.objectContaining({
    code: "HUB_ADDRESS_INVALID",
    message: expect.not.stringContaining("secret"),
    details: { address, setting: "HF_ENDPOINT", reason: expect.stringContaining(reason) },
  });
  expect(() => hubEndpoint(undefined, { HF_ENDPOINT: value })).toThrow(refused);
  expect(() => hubEndpoint(value, {})).toThrow(`(from Settings) cannot be used`);
});

test.each([
  ["https://hub.example", "https://hub.example/api", true],
  ["https://hub.example", "https://hub.example:444/api", false],
  ["https://hub.example", "http://hub.example/api", false],
  ["https://hub.example", "https://cdn.hub.example/api", false],
  ["https://hub.example", "https://hub.example.evil.test/api", false],
  ["https://hub.example", "not an address", false],
  ["http://127.0.0.1:8090", "http://127.0.0.1:8090/api", true],
  ["http://mirror.lan", "http://mirror.lan/api", false],
  ["not an address", "not an address", false],
])("with the hub at %s, sends %s the token: %s", (endpoint, address, isSent) => {
  const access: HubAccess = { endpoint, token: "hf_alice", fetch };
  expect(authorizationFor(address, access)).toEqual(
    isSent ? { authorization: "Bearer hf_alice" } : {},
  );
});

test("escapes what would be read as another address", () => {
  const place = { repository: "a/b", revision: "refs/pr/1" };
  const access: HubAccess = { endpoint: "https://hub.example", fetch };
  expect(fileAddress(access, place, "unet/a b#?.json")).toBe(
    "https://hub.example/a/b/resolve/refs%2Fpr%2F1/unet/a%20b%23%3F.json",
  );
});
