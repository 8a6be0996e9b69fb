import * as fc from "fast-check";
import { expect, test } from "vitest";
import { scopesOf } from "../../../engine/serving/route-scopes.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";
import { rawRequest } from "../../fakes/raw-request.ts";

const scopeOf = scopesOf([
  { path: "/health", scope: "open" },
  { path: "/pictures/:id", scope: "inference" },
  { path: "/pictures/:id/secret" },
  { path: "/pictures/hidden" },
]);

test.each([
  ["GET", "/health", "open"],
  ["HEAD", "/health/?x", "open"],
  ["POST", "/health", "inference"],
  ["GET", "//health", "inference"],
  ["GET", "/pictures/1", "inference"],
  ["POST", "/Pictures/%31/", "inference"],
  ["GET", "/pictures/1/secret", "management"],
  ["GET", "/pictures/hidden", "management"],
  ["GET", "/pictures/%2568idden", "management"],
  ["GET", "/pictures/1/other", "management"],
  ["GET", "/", "management"],
])("%s %s is %s: an undeclared route is management", (method, url, scope) => {
  expect(scopeOf({ method, url })).toBe(scope);
});

/** Ways to write a letter or a slash that some router might decode. */
const written = fc
  .array(fc.constantFrom("as it is", "encoded", "twice", "upper case", "doubled"), {
    minLength: 40,
    maxLength: 40,
  })
  .map((ways) =>
    Array.from("/v2/repository/models/m/load", (letter, i) => rewritten(letter, ways[i]!)).join(""),
  );

function rewritten(letter: string, way: string): string {
  const code = letter.charCodeAt(0).toString(16);
  if (way === "encoded" && letter !== "/") return `%${code}`;
  if (way === "twice" && letter !== "/") return `%25${code}`;
  if (way === "upper case") return letter.toUpperCase();
  return way === "doubled" && letter === "/" ? "//" : letter;
}

test("however its path is written, a key for pictures loads no model", async () => {
  const { port, engine, file } = await openConstantServer();
  const { secret } = await file.addKey({
    name: "drawer",
    scopes: ["inference"],
    keepsPictures: false,
    isSeedProfile: false,
  });
  const attempts = fc.asyncProperty(written, async (path) => {
    const head = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n`;
    const key = `Authorization: Bearer ${secret}\r\nContent-Length: 0\r\n\r\n`;
    expect(await rawRequest(port, head + key)).toMatch(/^HTTP\/1.1 403 /);
  });
  await fc.assert(attempts, { numRuns: 60 });
  expect(engine.loads).toEqual([]);
});
