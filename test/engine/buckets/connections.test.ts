import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { connecting, KEYS, listing, openBuckets } from "../../fakes/open-buckets.ts";
import { refusal } from "../../fakes/refusal.ts";
import { listXml, sendError, sendXml } from "../../fakes/s3-replies.ts";
import { always, standInEndpoint, type Answer } from "../../fakes/stand-in-endpoint.ts";

const empty: Answer = (response) => sendXml(response, listXml({}));

test("a connection survives a restart, without its keys in the file", async () => {
  const { connections, folder, secrets, changes } = await openBuckets();
  const made = await connections.connect(connecting("minio.example/s3/"));
  expect(made).toMatchObject({
    name: "toys",
    endpoint: "https://minio.example/s3",
    origin: "https://minio.example",
    region: null,
    hasKeys: true,
    found: {},
  });
  await connections.close();
  expect(changes).toEqual([made]);
  const again = await openBuckets({ dataFolder: folder, secrets });
  expect(again.connections.list()).toEqual([made]);
  const file = readFileSync(join(folder, "connections.json"), "utf8");
  expect(`${file}${JSON.stringify(changes)}`).not.toMatch(/canary/);
  expect([...secrets.kept.values()].join("")).toContain(KEYS.secretKey);
});

test("keys stay with the origin they were entered for", async () => {
  const { connections, buckets, secrets } = await openBuckets();
  const service = await standInEndpoint(empty);
  const { id } = await connections.connect(connecting("https://first.example"));
  expect(await connections.change({ id, name: "renamed" })).toMatchObject({ hasKeys: true });
  const moved = await connections.change({ id, endpoint: service.url });
  expect(moved).toMatchObject({ hasKeys: false });
  expect([...secrets.kept]).toEqual([]);
  await expect(buckets.list(listing(moved))).rejects.toEqual(refusal("BUCKET_KEYS_REFUSED"));
  expect(service.seen).toEqual([]);
  expect(await connections.change({ id, ...KEYS })).toMatchObject({ hasKeys: true });
  expect(await buckets.list(listing(moved))).toMatchObject({ objects: [] });
});

test("a single key is refused if no other is stored, and a missing one is named", async () => {
  const { connections, secrets, removed } = await openBuckets();
  const { id } = await connections.connect(connecting("https://first.example"));
  await connections.change({ id, secretKey: "another" });
  expect([...secrets.kept.values()][0]).toContain(KEYS.accessKey);
  await expect(
    connections.change({ id, endpoint: "https://b.example", secretKey: "x" }),
  ).rejects.toEqual(refusal("REQUEST_INVALID"));
  await connections.disconnect(id);
  expect([removed, [...secrets.kept]]).toEqual([[id], []]);
  await expect(connections.disconnect(id)).rejects.toEqual(refusal("NOT_FOUND"));
});

test("the region that a redirect names is used once and remembered", async () => {
  const service = await standInEndpoint((response, { headers }) => {
    const isRight = String(headers["authorization"]).includes("/eu-west-9/s3/");
    const moved = { headers: { "x-amz-bucket-region": "eu-west-9" } };
    if (isRight) sendXml(response, listXml({ keys: ["a"] }));
    else sendError(response, 301, "PermanentRedirect", moved);
  });
  const { connections, buckets, folder, secrets } = await openBuckets();
  const connection = await connections.connect(connecting(service.url));
  expect(await buckets.list(listing(connection))).toMatchObject({ objects: [{ key: "a" }] });
  await vi.waitFor(() => {
    expect(connections.get(connection.id).found).toEqual({ region: "eu-west-9" });
  }, 20_000);
  const asked = service.seen.length;
  const again = await openBuckets({ dataFolder: folder, secrets });
  await again.buckets.list(listing(connection));
  expect(service.seen.length - asked).toBe(1);
});

test("a bucket is in the path, unless set otherwise or forbidden by the service", async () => {
  const service = await standInEndpoint((response, { headers }) => {
    if (String(headers["host"]).startsWith("toys.")) sendXml(response, listXml({ keys: ["a"] }));
    else sendError(response, 403, "SecondLevelDomainForbidden");
  });
  const { connections, buckets } = await openBuckets();
  const local = `http://localhost:${service.port}`;
  const connection = await connections.connect(connecting(local));
  // Whether names below localhost resolve depends on the operating system.
  await buckets.list(listing(connection)).catch(() => undefined);
  expect(service.seen[0]).toMatchObject({ path: expect.stringMatching(/^\/toys\/?\?/) });
  await vi.waitFor(() => {
    expect(connections.get(connection.id).found).toEqual({ pathStyle: "no" });
  }, 20_000);
});

/** Accepts any test object or, without `checksums`, only one whose request has no checksum. */
function taking({ checksums }: { readonly checksums: boolean }): Answer {
  return (response, { method, path, headers }) => {
    const hasChecksum = Object.keys(headers).some((name) => name.startsWith("x-amz-checksum-crc"));
    if (path.includes("versioning")) {
      sendXml(
        response,
        "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
      );
    } else if (method === "GET") sendXml(response, listXml({ keys: ["a"] }));
    else if (method === "PUT" && hasChecksum && !checksums) {
      sendError(response, 501, "NotImplemented");
    } else if (method === "HEAD") response.writeHead(200, { "content-length": "18" }).end();
    else response.writeHead(200, { "x-amz-version-id": "v1" }).end();
  };
}

test.each([
  [true, "when-supported"],
  [false, "when-required"],
])(
  "a test finds out whether checksums are accepted (%s) and remembers it",
  async (checksums, found) => {
    const service = await standInEndpoint(taking({ checksums }));
    const { connections } = await openBuckets();
    const { id } = await connections.connect(connecting(service.url));
    expect(await connections.test(id)).toEqual({
      at: "2026-11-25T12:00:00.000Z",
      state: "ready",
      ms: expect.any(Number),
      server: "stand-in",
      canList: true,
      isEmpty: false,
      canWrite: true,
      isVersioned: true,
    });
    expect(connections.get(id).found).toEqual({ checksums: found });
    const [put, removal] = [
      service.seen.findLast(({ method }) => method === "PUT"),
      service.seen.find(({ method }) => method === "DELETE"),
    ];
    // With the version, so that nothing of the test object remains.
    expect(removal?.path).toBe(`${put!.path.split("?")[0]}?versionId=v1&x-id=DeleteObject`);
  },
);

test("a service that stores the frames of a checksum as data is detected", async () => {
  const service = await standInEndpoint((response, { method }) => {
    if (method === "HEAD") response.writeHead(200, { "content-length": "77" }).end();
    else if (method === "GET") sendXml(response, listXml({}));
    else response.writeHead(200).end();
  });
  const { connections } = await openBuckets();
  const { id } = await connections.connect(connecting(service.url));
  expect(await connections.test(id)).toMatchObject({
    state: "failed",
    canWrite: false,
    error: { code: "BUCKET_REPLY_INVALID", message: expect.stringContaining("77 bytes of 18") },
  });
});

test("read-only keys, and an unreachable service, are reported and not refused", async () => {
  const service = await standInEndpoint((response, { method, path }) => {
    if (method === "GET" && !path.includes("versioning")) sendXml(response, listXml({}));
    else sendError(response, 403, "AccessDenied");
  });
  const { connections } = await openBuckets();
  const { id } = await connections.connect(connecting(service.url));
  const check = await connections.test(id);
  expect(check).toMatchObject({ state: "ready", canList: true, canWrite: false });
  expect(check).not.toHaveProperty("isVersioned");
  const nowhere = await connections.connect(connecting("http://127.0.0.1:1"));
  expect(await connections.test(nowhere.id)).toMatchObject({
    state: "failed",
    error: { code: "BUCKET_UNREACHABLE" },
  });
  expect(connections.get(nowhere.id).check?.state).toBe("failed");
});

test("a service without writing is ready for reading", async () => {
  const service = await standInEndpoint((response, { method, path }) => {
    if (method === "GET" && !path.includes("versioning")) sendXml(response, listXml({}));
    else sendError(response, 501, "NotImplemented");
  });
  const { connections } = await openBuckets();
  const { id } = await connections.connect(connecting(service.url));
  const check = await connections.test(id);
  expect(check).toMatchObject({ state: "ready", canList: true, canWrite: false });
  expect(check).not.toHaveProperty("error");
});

test.each([
  ["ftp://x", "it is not an http or https address"],
  ["https://key:secret@x", "keys belong in their own fields"],
  ["https://", "it is not an http"],
])("%s is not an endpoint", async (endpoint, reason) => {
  const { connections } = await openBuckets();
  await expect(connections.connect(connecting(endpoint))).rejects.toThrow(reason);
});

test("nothing in this machine's environment affects the requests to a service", async () => {
  const service = await standInEndpoint(
    always(200, listXml({}), { "content-type": "application/xml" }),
  );
  vi.stubEnv("AWS_REGION", "mars-1");
  vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:1");
  vi.stubEnv("AWS_PROFILE", "no-such-profile");
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  try {
    const { connections, buckets } = await openBuckets();
    const connection = await connections.connect(connecting(service.url));
    await buckets.list(listing(connection));
    expect(service.seen[0]?.headers["authorization"]).toContain("/us-east-1/s3/");
  } finally {
    vi.unstubAllEnvs();
  }
});

test("rows that cannot be read are kept unchanged", async () => {
  const first = await openBuckets();
  const made = await first.connections.connect(connecting("https://a.example"));
  const path = join(first.folder, "connections.json");
  const content = JSON.parse(readFileSync(path, "utf8")) as { connections: object[] };
  const foreign = { id: "b", pathStyle: "sideways" };
  const found = { checksums: "by-carrier-pigeon" };
  writeFileSync(
    path,
    JSON.stringify({ connections: [{ ...content.connections[0], found }, foreign] }),
  );
  const { connections } = await openBuckets({ dataFolder: first.folder, secrets: first.secrets });
  expect(connections.list()).toEqual([made]);
  expect(connections.notices).toEqual([
    "One entry of connections.json cannot be read by this version of the studio. What cannot be read is kept as it is.",
  ]);
  await connections.change({ id: made.id, name: "renamed" });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({
    connections: [{ name: "renamed" }, foreign],
  });
});
