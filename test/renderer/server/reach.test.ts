import { expect, test } from "vitest";
import { type Server, serverSettingsSchema } from "../../../engine/contract/server.ts";
import {
  askedName,
  isEverywhere,
  isOwnMachine,
  needsKey,
  originOf,
  otherOriginOf,
} from "../../../renderer/server/reach.ts";

const settings = serverSettingsSchema.parse({});

function serverAt(host: string, origin?: string): Server {
  return {
    settings: { ...settings, host },
    state: origin === undefined ? "stopped" : "running",
    ...(origin !== undefined && { origin }),
    modelNames: [],
    waiting: 0,
    isDrawing: false,
  };
}

function encrypted(server: Server): Server {
  const tls = { cert: "/tls.crt", key: "/tls.key" };
  return { ...server, settings: { ...server.settings, tls } };
}

test.each([
  ["127.0.0.1", true, false],
  ["127.8.9.1", true, false],
  ["localhost", true, false],
  ["::1", true, false],
  ["0.0.0.0", false, true],
  ["::", false, true],
  ["192.168.1.4", false, false],
  ["127.0.0.1.example.org", false, false],
])("%s is this machine's own: %s, every address: %s", (host, isOwn, isEvery) => {
  expect([isOwnMachine(host), isEverywhere(host)]).toEqual([isOwn, isEvery]);
});

test.each([
  [serverAt("127.0.0.1", "http://127.0.0.1:8080"), "http://127.0.0.1:8080"],
  [serverAt("0.0.0.0", "http://0.0.0.0:8081"), "http://127.0.0.1:8081"],
  [serverAt("::", "http://[::]:8081"), "http://127.0.0.1:8081"],
  [serverAt("::1", "http://[::1]:8080"), "http://[::1]:8080"],
  [serverAt("127.0.0.1"), "http://127.0.0.1:8080"],
  [serverAt("::1"), "http://[::1]:8080"],
  [encrypted(serverAt("::1")), "https://[::1]:8080"],
  [encrypted(serverAt("0.0.0.0", "https://0.0.0.0:8443")), "https://127.0.0.1:8443"],
])("a usable address is returned, also while it is stopped", (server, origin) => {
  expect(originOf(server)).toBe(origin);
});

test.each([
  [8080, "127.0.0.1", "http://127.0.0.1:8080", undefined],
  [8080, "127.0.0.1", "http://127.0.0.1:19080", "http://127.0.0.1:19080"],
  [8080, "127.0.0.1", "http://192.168.1.4:8080", "http://192.168.1.4:8080"],
  [8080, "192.168.1.4", "http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  [8080, "192.168.1.4", "http://192.168.1.4:8080", undefined],
  [8080, "localhost", "http://127.0.0.1:8080", undefined],
  [8080, "0.0.0.0", "http://127.0.0.1:8080", undefined],
  [8080, "fe80::1", "http://[fe80::1]:8080", undefined],
  [80, "127.0.0.1", "http://127.0.0.1", undefined],
  [0, "127.0.0.1", "http://127.0.0.1:40123", undefined],
  [8080, "127.0.0.1", undefined, undefined],
])("settings of %i and %s, listening at %s: %s is shown", (port, host, origin, told) => {
  const server = serverAt(host, origin);
  expect(otherOriginOf({ ...server, settings: { ...server.settings, port } })).toBe(told);
});

test("off this machine, or by a name, a key is always needed; on it if it is required", () => {
  expect([
    needsKey(settings),
    needsKey({ ...settings, isKeyRequired: true }),
    needsKey({ ...settings, host: "0.0.0.0" }),
    needsKey({ ...settings, hostNames: ["proxy.example"] }),
  ]).toEqual([false, true, true, true]);
});

test("the name that stays when another model is served is used", () => {
  expect([askedName(["starter", "stable-diffusion"]), askedName(["own"]), askedName([])]).toEqual([
    "stable-diffusion",
    "own",
    "stable-diffusion",
  ]);
});
