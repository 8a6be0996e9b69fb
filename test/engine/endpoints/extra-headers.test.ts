import { expect, test } from "vitest";
import { checkHeaders } from "../../../engine/endpoints/extra-headers.ts";
import { refusal } from "../../fakes/refusal.ts";

test("a user's own headers are sent unchanged", () => {
  const headers = [
    { name: "X-API-Key", value: "k" },
    { name: "x-tenant", value: "" },
  ];
  expect(checkHeaders(headers)).toEqual(headers);
});

test.each([
  [[{ name: "Host", value: "s3cr3t" }], "the client sets it itself"],
  [[{ name: "content-length", value: "s3cr3t" }], "the client sets it itself"],
  [[{ name: "Transfer-Encoding", value: "s3cr3t" }], "the client sets it itself"],
  [[{ name: "Authorization", value: "s3cr3t" }], "enter the token by itself"],
  [[{ name: "X-Key", value: "s3cr3t\r\nHost: evil" }], "its value has more than"],
  [[{ name: "X-Key", value: "s3cr3t ü" }], "its value has more than"],
  [
    [
      { name: "X-Key", value: "s3cr3t" },
      { name: "x-key", value: "s3cr3t" },
    ],
    "it is there already",
  ],
  [
    Array.from({ length: 5 }, (_, i) => ({ name: `X-${i}`, value: "s3cr3t".repeat(1000) })),
    "the limit is 16384 bytes",
  ],
])("refuses %j without repeating a value", (headers, reason) => {
  const work = (): unknown => checkHeaders(headers);
  expect(work).toThrow(refusal("REQUEST_INVALID"));
  expect(work).toThrow(reason);
  expect(work).not.toThrow(/s3cr3t/);
});
