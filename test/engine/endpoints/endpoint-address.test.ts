import * as fc from "fast-check";
import { expect, test } from "vitest";
import { StudioError } from "../../../engine/contract/errors.ts";
import {
  isPlain,
  modelPath,
  nameOf,
  readAddress,
} from "../../../engine/endpoints/endpoint-address.ts";
import { refusal } from "../../fakes/refusal.ts";

const ORIGIN = "https://kt2-sd-proj.apps.example.com";

test.each<[string, object]>([
  [ORIGIN, { origin: ORIGIN, basePath: "" }],
  [`${ORIGIN}/`, { origin: ORIGIN, basePath: "" }],
  [`  ${ORIGIN}:443  `, { origin: ORIGIN, basePath: "" }],
  ["kt2-sd-proj.apps.example.com", { origin: ORIGIN, basePath: "" }],
  ["HTTPS://KT2-SD-PROJ.apps.example.com", { origin: ORIGIN, basePath: "" }],
  [`${ORIGIN}/v2/models/sd/infer`, { origin: ORIGIN, basePath: "", model: "sd" }],
  [`${ORIGIN}/v2/models/sd`, { origin: ORIGIN, basePath: "", model: "sd" }],
  [
    `${ORIGIN}/v2/models/sd/versions/3/infer`,
    { origin: ORIGIN, basePath: "", model: "sd", version: "3" },
  ],
  [
    `${ORIGIN}/ns/kt2/v2/models/a%2Fb%20c/infer/`,
    { origin: ORIGIN, basePath: "/ns/kt2", model: "a/b c" },
  ],
  [`${ORIGIN}/v1/models/sd:predict`, { origin: ORIGIN, basePath: "", model: "sd", kind: "v1" }],
  [`${ORIGIN}/v2`, { origin: ORIGIN, basePath: "" }],
  [`${ORIGIN}/v2/models`, { origin: ORIGIN, basePath: "" }],
  [`${ORIGIN}/proxy/v2/health/ready`, { origin: ORIGIN, basePath: "/proxy" }],
  [
    "http://127.0.0.1:8080/v2/models/sd/infer",
    { origin: "http://127.0.0.1:8080", basePath: "", model: "sd" },
  ],
  ["127.0.0.1:8080", { origin: "http://127.0.0.1:8080", basePath: "" }],
  ["http://[::1]:8080", { origin: "http://[::1]:8080", basePath: "" }],
  // The user may choose any address, since only the user enters addresses.
  ["http://169.254.169.254/", { origin: "http://169.254.169.254", basePath: "" }],
  ["grpc://sd.example:8081", { origin: "http://sd.example:8081", basePath: "", kind: "grpc" }],
  ["grpcs://sd.example", { origin: "https://sd.example", basePath: "", kind: "grpc" }],
  [
    "https://sd.example/x/v1/images/generations",
    { origin: "https://sd.example", basePath: "/x", kind: "openai" },
  ],
  [
    "http://127.0.0.1:7860/sdapi/v1/txt2img",
    { origin: "http://127.0.0.1:7860", basePath: "", kind: "a1111" },
  ],
])("reads %s", (text, expected) => {
  expect(readAddress(text)).toEqual(expected);
});

test.each([
  ["https://user@host.example", "a token is entered by itself"],
  ["https://user:s3cr3t@host.example", "a token is entered by itself"],
  ["https://:s3cr3t@host.example", "a token is entered by itself"],
  ["https://host.example?token=s3cr3t", "it ends with its path"],
  ["https://host.example/#s3cr3t", "it ends with its path"],
  ["ftp://host.example", "an endpoint speaks https, http, grpcs or grpc"],
  ["file:///etc/passwd", "it is not a web address"],
  ["javascript:s3cr3t", "it is not a web address"],
  ["https://", "it is not a web address"],
  ["", "it is not a web address"],
  ["https://host.example/v2/models/%zz/infer", "a percent sign in it stands for nothing"],
])("refuses %j, and repeats no secret", (text, reason) => {
  expect(() => readAddress(text)).toThrow(refusal("REQUEST_INVALID"));
  const message = String(catching(() => readAddress(text)));
  expect(message).toContain(reason);
  expect(message).not.toContain("s3cr3t");
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.each([
  ["http://127.0.0.1:1", true],
  ["http://127.8.9.1", true],
  ["http://localhost:8080", true],
  ["http://studio.localhost", false],
  ["http://[::1]", true],
  ["http://10.0.0.1", false],
  ["http://127.0.0.1.example.com", false],
  ["http://localhost.example.com", false],
  ["http://0.0.0.0", false],
])("what is sent to %s stays on this machine: %s", (origin, isHere) => {
  expect(isPlain(origin)).toBe(!isHere);
});

test("https is never unencrypted", () => {
  expect(isPlain("https://host.example")).toBe(false);
});

test.each([
  [ORIGIN, "kt2-sd-proj"],
  ["http://127.0.0.1:8080", "127.0.0.1:8080"],
  ["http://[::1]:8080", "[::1]:8080"],
])("an endpoint at %s is called %s", (origin, name) => expect(nameOf(origin)).toBe(name));

test("a model's name stays one part of the path, whatever it contains", () => {
  const address = readAddress(`${ORIGIN}/base/v2/models/x/versions/1%2F2/infer`);
  expect(modelPath(address, "a/../b?c#d")).toBe(
    "/base/v2/models/a%2F..%2Fb%3Fc%23d/versions/1%2F2",
  );
});

test("any text is an address of an origin or a refusal", () => {
  const pieces = fc.array(
    fc.constantFrom(
      "https://",
      "http:",
      "//",
      "a",
      ".",
      "@",
      ":",
      "/v2/models/",
      "%",
      "?",
      "#",
      "[",
      "]",
      "\\",
      " ",
      "ü",
    ),
    { maxLength: 10 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        pieces.map((all) => all.join("")),
      ),
      (text) => {
        const found = catching(() => readAddress(text));
        const isRefusal = found instanceof StudioError && found.code === "REQUEST_INVALID";
        const { origin = "" } = Object(found);
        expect(isRefusal || /^https?:\/\/[^/@]+$/.test(origin)).toBe(true);
      },
    ),
    { numRuns: 2000 },
  );
});
