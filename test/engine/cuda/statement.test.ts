import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import * as fc from "fast-check";
import { expect, test } from "vitest";

import { downloadFailed } from "../../../engine/cuda/download.ts";
import type { Http } from "../../../engine/download/http.ts";
import { CUDA_SOURCE, type CudaSource } from "../../../engine/cuda/source.ts";
import { pinFor, readStatement } from "../../../engine/cuda/statement.ts";
import { pinOf, workshop } from "../../fakes/cuda-package.ts";
import { standInHost } from "../../fakes/stand-in-host.ts";

const pin = pinOf(Buffer.from("the package"), "https://packages.example/gpu.nupkg");
const http: Http = { fetch, failed: downloadFailed, stallMs: 5_000, pausesMs: [0] };
const LEAF = "/registration/microsoft.ml.onnxruntime.gpu.linux/1.30.0.json";

type Documents = Record<string, unknown>;

/** The three documents, in the shapes the feed's protocol pages show. */
function documents(url: string, entry: Documents = {}): Documents {
  return {
    "/index.json": {
      version: "3.0.0",
      resources: [
        { "@id": "https://other.example/", "@type": "PackageBaseAddress/3.0.0" },
        { "@id": `${url}/registration/`, "@type": "RegistrationsBaseUrl" },
      ],
    },
    [LEAF]: { catalogEntry: `${url}/catalog/entry.json`, listed: true, packageContent: pin.url },
    "/catalog/entry.json": {
      id: CUDA_SOURCE.id,
      version: CUDA_SOURCE.version,
      packageHash: pin.sha512,
      packageHashAlgorithm: "SHA512",
      packageSize: pin.sizeBytes,
      ...entry,
    },
  };
}

async function publisher(change: (all: Documents, url: string) => void = () => {}) {
  const host = await standInHost((response, request) => {
    const all = documents(host.url);
    change(all, host.url);
    const found = all[request.url ?? ""];
    response.writeHead(found === undefined ? 404 : 200).end(JSON.stringify(found));
  });
  const source: CudaSource = { ...CUDA_SOURCE, index: `${host.url}/index.json` };
  return { host, source, [Symbol.asyncDispose]: () => host[Symbol.asyncDispose]() };
}

test("reads address, size and hash from index, leaf and catalog entry", async () => {
  await using feed = await publisher();
  expect(await readStatement(feed.source, http)).toEqual(pin);
  expect(feed.host.asked.map((asked) => asked.path)).toEqual([
    "/index.json",
    LEAF,
    "/catalog/entry.json",
  ]);
});

test("reads a leaf that names its catalog entry as an object", async () => {
  await using feed = await publisher((all, url) => {
    all[LEAF] = {
      catalogEntry: { "@id": `${url}/catalog/entry.json` },
      packageContent: pin.url,
    };
  });
  expect(await readStatement(feed.source, http)).toEqual(pin);
});

const entryFault = (fields: Documents) => (all: Documents, url: string) =>
  Object.assign(all, documents(url, fields));
const NO_HASH = `it does not state ${CUDA_SOURCE.id}'s SHA-512`;

test.each<[string, (all: Documents, url: string) => void, string]>([
  ["another package", entryFault({ id: "Microsoft.ML.OnnxRuntime" }), NO_HASH],
  ["another version", entryFault({ version: "1.30.1" }), NO_HASH],
  ["a weaker hash", entryFault({ packageHashAlgorithm: "SHA256" }), NO_HASH],
  ["a hash of the wrong length", entryFault({ packageHash: "AAAA" }), NO_HASH],
  ["a hash that is not base64", entryFault({ packageHash: `${"!".repeat(86)}==` }), NO_HASH],
  ["no size", entryFault({ packageSize: undefined }), NO_HASH],
  ["an absurd size", entryFault({ packageSize: 2 ** 40 }), NO_HASH],
  ["half a byte", entryFault({ packageSize: 1.5 }), NO_HASH],
  ["no address", (all) => (all[LEAF] = { catalogEntry: "http://127.0.0.1:1/" }), "the connection"],
  ["no registrations", (all) => (all["/index.json"] = {}), "it names no registrations"],
  ["no catalog entry", (all) => (all[LEAF] = [null]), "it names no catalog entry"],
  ["no leaf", (all) => delete all[LEAF], "the server answered 404"],
])("refuses a statement with %s", async (_, change, reason) => {
  await using feed = await publisher(change);
  await expect(readStatement(feed.source, http)).rejects.toMatchObject({
    code: "CUDA_DOWNLOAD_FAILED",
    details: { reason: expect.stringContaining(reason) },
  });
});

test("asks again after a passing failure", async () => {
  let failures = 1;
  const shaky: Http = {
    ...http,
    fetch: (...asked) =>
      failures-- > 0 ? Promise.resolve(new Response(null, { status: 503 })) : fetch(...asked),
  };
  await using feed = await publisher();
  expect(await readStatement(feed.source, shaky)).toEqual(pin);
});

test("never makes a pin of documents that do not hold one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), async (body) => {
      const saying: Http = { ...http, pausesMs: [], fetch: async () => new Response(body) };
      await expect(readStatement(CUDA_SOURCE, saying)).rejects.toMatchObject({
        code: "CUDA_DOWNLOAD_FAILED",
      });
    }),
    { numRuns: 200 },
  );
});

test("keeps the first statement and holds later runs to it without asking", async () => {
  await using shop = await workshop();
  await using feed = await publisher();
  expect(await pinFor(feed.source, shop.cacheFolder, http)).toEqual(pin);
  const asked = feed.host.asked.length;

  const later = { ...feed.source, index: "http://127.0.0.1:1/a-feed-that-now-lies" };
  expect(await pinFor(later, shop.cacheFolder, http)).toEqual(pin);
  expect(feed.host.asked).toHaveLength(asked);
});

test("asks anew where the kept pin was cut short by a crash", async () => {
  await using shop = await workshop();
  await using feed = await publisher();
  await pinFor(feed.source, shop.cacheFolder, http);
  const file = join(shop.cacheFolder, `${CUDA_SOURCE.id}.${CUDA_SOURCE.version}.pin.json`);
  await writeFile(file, (await readFile(file, "utf8")).slice(0, 40));
  expect(await pinFor(feed.source, shop.cacheFolder, http)).toEqual(pin);
});

test("believes a pin in the source before anybody", async () => {
  await using shop = await workshop();
  const silent: Http = { ...http, fetch: () => Promise.reject(new Error("asked")) };
  expect(await pinFor({ ...CUDA_SOURCE, pin }, shop.cacheFolder, silent)).toEqual(pin);
});
