import { array, assert, asyncProperty, string } from "fast-check";
import { expect, test } from "vitest";
import { connecting, listing, openBuckets } from "../../fakes/open-buckets.ts";
import { refusal } from "../../fakes/refusal.ts";
import { listXml, sendXml, type ListedKeys } from "../../fakes/s3-replies.ts";
import { standInEndpoint } from "../../fakes/stand-in-endpoint.ts";

/** A bucket whose list consists of these pages, by the token that requests each. */
async function bucketOf(pages: Readonly<Record<string, ListedKeys>>) {
  const service = await standInEndpoint((response, { path }) => {
    const query = new URL(path, "http://x").searchParams;
    sendXml(response, listXml(pages[query.get("continuation-token") ?? ""] ?? {}));
  });
  const { connections, buckets } = await openBuckets();
  const connection = await connections.connect(connecting(service.url));
  return { service, buckets, connection };
}

/** Keys that have broken other programs' listings. */
const HOSTILE = [
  "sd/../up.txt",
  "sd//double.txt",
  String.raw`back\slash`,
  "nul\u0000key",
  "control\u0001\u001f\r\n\tkey",
  "x".repeat(1024),
  `<&>"'`,
  "a b+c/100%/\u00fc.txt",
  "%2e%2e%2fx",
  "\u202egnp.exe",
  "emoji😀",
  "/absolute",
  ".",
  "..",
];

test("hostile keys are listed unchanged, each with its own address", async () => {
  const service = await standInEndpoint((response, { method }) => {
    if (method === "HEAD") response.writeHead(200, { "content-length": "1" }).end();
    else sendXml(response, listXml({ keys: HOSTILE }));
  });
  const { connections, buckets } = await openBuckets();
  const connection = await connections.connect(connecting(service.url));
  const { objects } = await buckets.list(listing(connection, { isRecursive: true }));
  expect(objects.map(({ key }) => key)).toEqual(HOSTILE);
  for (const key of HOSTILE) await buckets.details({ connectionId: connection.id, key });
  const asked = service.seen.filter(({ method }) => method === "HEAD").map(({ path }) => path);
  const keys = asked.map((path) => decodeURIComponent(path.split("?")[0]!.slice("/toys/".length)));
  expect(keys).toEqual(HOSTILE);
});

test("any key comes back from its encoded form", async () => {
  await assert(
    asyncProperty(
      array(string({ unit: "binary", minLength: 1, maxLength: 40 }), { maxLength: 20 }),
      async (keys) => {
        const { buckets, connection } = await bucketOf({ "": { keys } });
        const page = await buckets.list(listing(connection, { isRecursive: true }));
        expect(page.objects.map(({ key }) => key)).toEqual(keys);
      },
    ),
    { numRuns: 15 },
  );
});

test.each([
  ["encodes without saying so", "silent", "a b+c/100%/ü.txt"],
  ["does not encode", "plain", "100%25+x/a%20b"],
] as const)("a service that %s is asked once which it is", async (_, encoding, key) => {
  const service = await standInEndpoint((response, { path }) => {
    const prefix = new URL(path, "http://x").searchParams.get("prefix") ?? "";
    const keys = [key, "other"].filter((one) => one.startsWith(prefix));
    sendXml(response, listXml({ keys, prefixes: prefix === "" ? ["f +/"] : [], encoding }));
  });
  const { connections, buckets } = await openBuckets();
  const connection = await connections.connect(connecting(service.url));
  for (let time = 0; time < 2; time++) {
    const page = await buckets.list(listing(connection));
    expect(page.objects.map((object) => object.key)).toEqual([key, "other"]);
    expect(page.folders.map(({ prefix }) => prefix)).toEqual(["f +/"]);
  }
  // A name with a space cannot come from an encoder, so no further request is needed.
  expect(service.seen).toHaveLength(encoding === "silent" ? 3 : 2);
});

test("with a service that does not encode, a name that looks encoded is read literally", async () => {
  const { buckets, connection, service } = await bucketOf({
    "": { keys: ["100%25+x"], encoding: "plain" },
  });
  expect(await buckets.list(listing(connection))).toMatchObject({ objects: [{ key: "100%25+x" }] });
  expect(service.seen).toHaveLength(2);
});

test("folders and objects have names below the folder, without its own marker", async () => {
  const { buckets, connection, service } = await bucketOf({
    "": { keys: ["sd/a", "sd/b"], prefixes: ["sd/unet/", "sd//", "sd/../"] },
  });
  const page = await buckets.list(listing(connection, { prefix: "sd/" }));
  expect(page.folders).toEqual([
    { prefix: "sd/unet/", name: "unet" },
    { prefix: "sd//", name: "" },
    { prefix: "sd/../", name: ".." },
  ]);
  expect(page.objects.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(page.objects[0]).toEqual({
    key: "sd/a",
    name: "a",
    bytes: 4,
    etag: "abc-2",
    modifiedAt: "2026-11-01T00:00:00.000Z",
  });
  const query = new URL(service.seen[0]!.path, "http://x").searchParams;
  expect(Object.fromEntries(query)).toMatchObject({ prefix: "sd/", delimiter: "/" });
});

test("pages follow each other by the service's own tokens", async () => {
  const { buckets, connection } = await bucketOf({
    "": { keys: ["a", "b"], next: "two+/=" },
    "two+/=": { keys: ["c"], prefixes: ["d/"] },
  });
  const first = await buckets.list(listing(connection, { limit: 2 }));
  expect(first).toMatchObject({ objects: [{ key: "a" }, { key: "b" }], after: "two+/=" });
  const second = await buckets.list(listing(connection, { limit: 2, after: first.after! }));
  expect(second).toMatchObject({ objects: [{ key: "c" }], folders: [{ prefix: "d/" }] });
  expect(second).not.toHaveProperty("after");
});

test("a page that names itself as the next one is refused", async () => {
  const { buckets, connection } = await bucketOf({
    "": { keys: ["a"], next: "again" },
    again: { keys: ["a"], next: "again" },
  });
  await expect(buckets.list(listing(connection, { limit: 5 }))).rejects.toEqual(
    refusal("BUCKET_REPLY_INVALID"),
  );
});

test("a search finds letters in any case, in folders below, too", async () => {
  const { buckets, connection, service } = await bucketOf({
    "": { keys: ["sd/unet/Config.json", "sd/x"], next: "two" },
    two: { keys: ["sd/vae/config.json"] },
  });
  const page = await buckets.list(listing(connection, { prefix: "sd/", search: "CONFIG" }));
  expect(page.objects.map(({ name }) => name)).toEqual(["unet/Config.json", "vae/config.json"]);
  expect(page.seen).toBe(3);
  expect(service.seen[0]?.path).not.toContain("delimiter");
});

test("sorting by size or time covers the whole folder, page by page", async () => {
  const { buckets, connection, service } = await bucketOf({
    "": { keys: ["bb", "a"], prefixes: ["f/"], next: "two" },
    two: { keys: ["dddd", "ccc"] },
  });
  const query = { sortBy: "bytes", isDescending: true, limit: 2 } as const;
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await buckets.list(listing(connection, { ...query, after }));
    seen.push(...page.folders.map(({ prefix }) => prefix), ...page.objects.map(({ key }) => key));
    ({ after } = page);
  } while (after !== undefined);
  expect(seen).toEqual(["f/", "dddd", "ccc", "bb", "a"]);
  // Found out once, for all its pages.
  expect(service.seen).toHaveLength(2);
  await expect(buckets.list(listing(connection, { ...query, after: "gone:2" }))).rejects.toEqual(
    refusal("NOT_FOUND"),
  );
});
