import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  annotationKeyFault,
  imageFault,
  labelFault,
  readQuantity,
  readWhole,
  serviceNameFault,
  subdomainFault,
} from "../../../engine/deploy/values.ts";

/** A label of RFC 1123, written differently from the code: by character sets and ends. */
const letters = "abcdefghijklmnopqrstuvwxyz0123456789".split("");
const label = fc
  .tuple(
    fc.constantFrom(...letters),
    fc.string({ unit: fc.constantFrom(...letters, "-"), maxLength: 61 }),
    fc.constantFrom(...letters),
  )
  .map((parts) => parts.join(""));

test("accepts every label of RFC 1123, and no other text", () => {
  fc.assert(
    fc.property(label, (text) => {
      expect(labelFault(text)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 70 }), (text) => {
      const isLabel = /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/.test(text);
      expect(labelFault(text) === undefined).toBe(isLabel);
    }),
  );
});

test("accepts subdomains of labels, up to 253 characters", () => {
  const subdomain = fc.array(label, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("."));
  fc.assert(
    fc.property(subdomain, (text) => (subdomainFault(text) === undefined) === text.length <= 253),
  );
  expect(subdomainFault("a..b")).toBe("two dots stand together");
  expect(subdomainFault("a.-b")).toBeDefined();
});

test("a service's name starts with a letter and has at most 53 characters", () => {
  expect(serviceNameFault("kt2")).toBeUndefined();
  expect(serviceNameFault("2kt")).toBe("it begins with a digit");
  expect(serviceNameFault("a".repeat(53))).toBeUndefined();
  expect(serviceNameFault("a".repeat(54))).toBe("it is longer than 53 characters");
});

test("reads quantities as Kubernetes does", () => {
  expect(readQuantity("500m", "cpu")).toEqual({ value: 0.5 });
  expect(readQuantity("1.5", "cpu")).toEqual({ value: 1.5 });
  expect(readQuantity("8Gi", "memory")).toEqual({ value: 8 * 2 ** 30 });
  expect(readQuantity("10G", "memory")).toEqual({ value: 1e10 });
  expect(readQuantity("8GB", "memory")).toEqual({ fault: "GB is not a unit of Kubernetes" });
  expect(readQuantity("constructor", "memory")).toHaveProperty("fault");
  expect(readQuantity("1constructor", "memory")).toHaveProperty("fault");
});

test("any text is a quantity or is refused, and never throws", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("cpu", "memory"), (text, of) => {
      const read = readQuantity(text, of);
      const isSound = "fault" in read ? read.fault !== "" : read.value > 0;
      expect(isSound).toBe(true);
    }),
  );
});

test("reads whole numbers within their bounds", () => {
  const bounds = { least: 1, most: 10 };
  expect(readWhole("7", bounds)).toEqual({ value: 7 });
  for (const text of ["", "0", "11", "-1", "1.5", "1e1", " 1", "one", "٣"]) {
    expect(readWhole(text, bounds)).toHaveProperty("fault");
  }
});

test.each([
  "quay.io/jary/torchserve-kfs:0.12.0-gpu",
  "torchserve",
  "localhost:5000/sd/torchserve:1",
  "image-registry.openshift-image-registry.svc:5000/sd-proj/torchserve",
  `quay.io/jary/torchserve@sha256:${"a".repeat(64)}`,
  `quay.io/jary/torchserve:1@sha256:${"a".repeat(64)}`,
])("accepts the image %s", (image) => {
  expect(imageFault(image)).toBeUndefined();
});

test.each([
  "",
  "https://quay.io/jary/torchserve",
  "quay.io/Jary/torchserve",
  "quay.io/jary/torch serve",
  "quay.io/jary/torchserve:",
  "quay.io/jary/torchserve:a/b",
  "quay.io//torchserve",
  "quay.io/jary/torchserve@sha256:abc",
  "-quay.io/jary/torchserve",
  "quay.io/jary/",
])("refuses the image %j", (image) => {
  expect(imageFault(image)).toBeDefined();
});

test("annotation keys have a name, and a domain before the slash if there is one", () => {
  expect(annotationKeyFault("serving.knative.dev/progress-deadline")).toBeUndefined();
  expect(annotationKeyFault("note_1")).toBeUndefined();
  for (const key of ["", "/a", "a/", "a/b/c", "Domain/a", "a b", "__proto__", "a".repeat(64)]) {
    expect(annotationKeyFault(key), key).toBeDefined();
  }
});
