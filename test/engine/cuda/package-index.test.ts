import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { downloadFailed } from "../../../engine/cuda/download.ts";
import { packageIndex, wheelAddress } from "../../../engine/cuda/package-index.ts";
import { CUDA_SOURCE } from "../../../engine/cuda/source.ts";
import type { Http } from "../../../engine/download/http.ts";

const wheel = CUDA_SOURCE.wheels[0]!;
const http: Http = { fetch, failed: downloadFailed, stallMs: 5_000, pausesMs: [] };

test("is the public index unless a flag or, failing that, the environment says otherwise", () => {
  expect(packageIndex(undefined, {}).url.href).toBe("https://pypi.org/simple/");
  const env = { PIP_INDEX_URL: "https://mirror.example/pypi/simple" };
  expect(packageIndex(undefined, env).url.href).toBe("https://mirror.example/pypi/simple/");
  expect(packageIndex("https://other.example/simple/", env).url.href).toBe(
    "https://other.example/simple/",
  );
  expect(packageIndex(undefined, { PIP_INDEX_URL: " " }).url.href).toBe("https://pypi.org/simple/");
});

test("keeps name and password out of the address", () => {
  const { url, headers } = packageIndex("https://me:p%40ss@mirror.example/simple");
  expect(url.href).toBe("https://mirror.example/simple/");
  expect(headers).toEqual({ authorization: `Basic ${btoa("me:p@ss")}` });
});

test.each(["mirror.example", "ftp://mirror.example/", "file:///wheels"])("refuses %s", (text) => {
  expect(() => packageIndex(text, {})).toThrow(
    expect.objectContaining({ code: "REQUEST_INVALID" }),
  );
});

/** An index whose page for the project is `page`. */
async function indexWith(page: string) {
  const seen: { authorization?: string | undefined; accept?: string | undefined } = {};
  const server = createServer(({ headers }, response) => {
    seen.authorization = headers.authorization;
    seen.accept = headers.accept;
    response.end(page);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `127.0.0.1:${port}`, seen };
}

const json = (file: string, url: string) => JSON.stringify({ files: [{ filename: file, url }] });

test.each([
  ["JSON", json(wheel.file, "https://files.example/a/b.whl#sha256=00")],
  ["HTML", `<a href="https://files.example/a/b.whl#sha256=00">${wheel.file}</a>`],
  ["HTML in single quotes", `<A class=x HREF='https://files.example/a/b.whl'> ${wheel.file} </A>`],
])("finds a wheel in %s", async (_, page) => {
  const { url } = await indexWith(page);
  const address = await wheelAddress(packageIndex(`http://${url}/simple`), wheel, http);
  expect(address.href).toBe("https://files.example/a/b.whl");
});

test("follows relative addresses from the project's page, and decodes them", async () => {
  const { url } = await indexWith(`<a href="../../f/b.whl?a=1&amp;b=2">${wheel.file}</a>`);
  const address = await wheelAddress(packageIndex(`http://${url}/root/simple`), wheel, http);
  expect(address.href).toBe(`http://${url}/root/f/b.whl?a=1&b=2`);
});

test("sends the index its name and password", async () => {
  const { url, seen } = await indexWith(json(wheel.file, "b.whl"));
  await wheelAddress(packageIndex(`http://me:secret@${url}/simple`), wheel, http);
  expect(seen.authorization).toBe(`Basic ${btoa("me:secret")}`);
  expect(seen.accept).toContain("application/vnd.pypi.simple.v1+json");
});

test("any other page does not list the wheel", async () => {
  const pages = fc.oneof(fc.string(), fc.json(), fc.constant(json("other.whl", "b.whl")));
  await fc.assert(
    fc.asyncProperty(pages, async (page) => {
      const answer = async () => new Response(page);
      const found = wheelAddress(packageIndex("https://mirror.example/simple"), wheel, {
        ...http,
        fetch: answer,
      });
      await expect(found).rejects.toMatchObject({ code: "CUDA_DOWNLOAD_FAILED" });
    }),
    { numRuns: 50 },
  );
});

test("an index that cannot be reached is refused with the reason", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  const found = wheelAddress(packageIndex(`http://127.0.0.1:${port}/simple`), wheel, http);
  await expect(found).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
    details: { reason: "the connection was refused" },
  });
});
