import { assert, oneof, property, string, webUrl } from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import { proxyFor, withoutPassword } from "../../../engine/network/environment-proxy.ts";

const HUB = new URL("https://hub.example/file");

test.each([
  [{}, undefined],
  [{ HTTPS_PROXY: "http://proxy:3128" }, "http://proxy:3128/"],
  [{ HTTPS_PROXY: "proxy:3128" }, "http://proxy:3128/"],
  [{ HTTPS_PROXY: " 127.0.0.1:3128 " }, "http://127.0.0.1:3128/"],
  [{ HTTPS_PROXY: "alice:secret@proxy:3128" }, "http://alice:secret@proxy:3128/"],
  [{ HTTP_PROXY: "proxy" }, "http://proxy/"],
  [{ HTTP_PROXY: "other", https_proxy: "https://proxy" }, "https://proxy/"],
  [{ HTTPS_PROXY: "other", https_proxy: "" }, undefined],
  [{ HTTPS_PROXY: "socks5://proxy:1080" }, "socks5://proxy:1080"],
])("with %j, connects through %s", (env, proxy) => {
  expect(proxyFor(HUB, env)?.url.href).toBe(proxy);
});

test.each([
  ["hub.example", true],
  ["example", true],
  [".example", true],
  ["*.example", true],
  ["*", true],
  ["other.example, HUB.example:443", true],
  ["hub.example:8443", false],
  ["b.example", false],
  ["", false],
])("NO_PROXY=%s: connects directly: %s", (NO_PROXY, isDirect) => {
  expect(proxyFor(HUB, { NO_PROXY, HTTPS_PROXY: "proxy" }) === undefined).toBe(isDirect);
});

test("does not read a proxy that is not used", () => {
  const env = { NO_PROXY: "example", HTTPS_PROXY: "gopher://x" };
  expect(proxyFor(HUB, env)).toBeUndefined();
  expect(proxyFor(new URL("http://127.0.0.1:80"), { HTTP_PROXY: "gopher://x" })).toBeUndefined();
});

test.each([
  ["https://10.1.2.3", "10.0.0.0/8", true],
  ["https://11.1.2.3", "10.0.0.0/8", false],
  ["https://10.1.2.3", "10.1.2.3", true],
  ["https://[fd00::7]", "fd00::/8", true],
  ["https://[fd00::7]", "fd00::7", true],
  ["https://[fd00::7]", "FD00:0::7", true],
  ["https://[fe80::7]", "fd00::/8", false],
  ["https://hub.example", "10.0.0.0/8", false],
  ["https://10.1.2.3", "10.0.0.0/99", false],
])("of %s, NO_PROXY=%s exempts: %s", (url, NO_PROXY, isDirect) => {
  const proxy = proxyFor(new URL(url), { NO_PROXY, HTTPS_PROXY: "proxy" });
  expect(proxy === undefined).toBe(isDirect);
});

test("says which variable names a proxy", () => {
  const env = { HTTPS_PROXY: "capital", https_proxy: "small", HTTP_PROXY: "other" };
  expect(proxyFor(HUB, env)?.variable).toBe("https_proxy");
  expect(proxyFor(HUB, { HTTP_PROXY: "other" })?.variable).toBe("HTTP_PROXY");
});

test("an address is shown without its name and password, however it is written", () => {
  expect(withoutPassword("HTTP://al@ice:s3/cr?et@proxy:3128/x")).toBe("HTTP://proxy:3128");
});

test("reads any value of the variable, or refuses it by that name", () => {
  const value = oneof(
    string(),
    webUrl(),
    string().map((text) => `socks5h://${text}`),
  );
  const outcomeOf = (HTTPS_PROXY: string): unknown => {
    try {
      return proxyFor(HUB, { HTTPS_PROXY })?.url instanceof URL ? "read" : "none";
    } catch (error) {
      return error instanceof StudioError ? error.code : error;
    }
  };
  assert(
    property(value, (text) => {
      expect(["read", "none", "PROXY_INVALID"]).toContain(outcomeOf(text));
    }),
  );
});
