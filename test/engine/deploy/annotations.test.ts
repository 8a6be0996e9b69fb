import { expect, test } from "vitest";
import { readAnnotations } from "../../../engine/deploy/annotations.ts";

test("reads one per line, as YAML would write it", () => {
  const text = `
    serving.knative.dev/progress-deadline: 1800s
    note: a: b # c
    quoted: "true"
    empty:
  `;
  expect(readAnnotations(text)).toEqual({
    annotations: {
      "serving.knative.dev/progress-deadline": "1800s",
      note: "a: b # c",
      quoted: "true",
      empty: "",
    },
  });
});

test.each([
  ["word", "it has no colon"],
  ["a:1", "it has no colon"],
  [": 1", "it has no key"],
  ["a: 1\na: 2", "it is there twice"],
  ["serving.kserve.io/deploymentMode: RawDeployment", "the form has a field for it"],
  ["__proto__: 1", "its key is not made of"],
])("refuses %j", (text, reason) => {
  expect(readAnnotations(text).fault?.reason).toContain(reason);
});
