import { setTimeout as delay } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { expect, test, vi } from "vitest";
import { pixels } from "../../../engine/image/pixels.ts";
import { ConstantEngine } from "../../fakes/constant-engine.ts";
import { openConstantServer } from "../../fakes/open-inference-server.ts";

const INFER = "/v2/models/starter/infer";
const JSON_TYPE = { "content-type": "application/json" };

function bodyOf(prompt: string): string {
  return JSON.stringify({
    inputs: [{ name: "prompt", shape: [1], datatype: "BYTES", data: [prompt] }],
  });
}

function post(
  origin: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers = {},
): Promise<Response> {
  return fetch(origin + INFER, { method: "POST", headers: { ...JSON_TYPE, ...headers }, body });
}

test("each request is a row with its sizes, newest first, including refused ones", async () => {
  const { origin, requests } = await openConstantServer();
  const body = bodyOf("a red fish");
  const reply = await (await post(origin, body)).text();
  await fetch(`${origin}/v2`);
  await fetch(`${origin}/v2/models`, { headers: { origin: "http://evil.test" } });
  await vi.waitFor(
    () => expect(requests.list().every(({ state }) => state === "answered")).toBe(true),
    20_000,
  );
  const rows = requests.list();
  expect(rows).toMatchObject([
    { method: "GET", path: "/v2/models", status: 403, state: "answered", requestBytes: 0 },
    { method: "GET", path: "/v2", status: 200 },
    {
      client: "127.0.0.1",
      method: "POST",
      path: INFER,
      status: 200,
      requestBytes: body.length,
      replyBytes: reply.length,
      ms: expect.any(Number) as number,
    },
  ]);
  expect(rows[2]).not.toHaveProperty("keyName");
});

test("what was sent is shown without pictures and secrets", async () => {
  const { origin, file, requests } = await openConstantServer(
    {},
    new ConstantEngine({ pixels: pixels(64, 64, new Uint8Array(64 * 64 * 3).fill(123)) }),
  );
  const { secret } = await file.addKey({
    name: "canary",
    scopes: ["inference"],
    keepsPictures: false,
    isSeedProfile: false,
  });
  const headers = {
    authorization: `Bearer ${secret}`,
    cookie: "session=canary-cookie",
    "x-api-key": "canary-api-key",
    "x-note": `my key is ${secret}`,
  };
  const url = `?token=canary-query&key=${secret}`;
  await fetch(`${origin}${INFER}${url}`, {
    method: "POST",
    headers: { ...JSON_TYPE, ...headers },
    body: bodyOf(`draw ${secret} please`),
  }).then((reply) => reply.text());
  await vi.waitFor(() => expect(requests.list()[0]?.state).toBe("answered"), 20_000);
  const [row] = requests.list();
  const exchange = requests.exchange(row!.id);
  expect(JSON.stringify(exchange)).not.toMatch(new RegExp(`${secret.slice(3)}|canary-`));
  expect(exchange).toMatchObject({
    keyName: "canary",
    path: `${INFER}?token=…&key=…`,
    requestHeaders: { authorization: "Bearer …", cookie: "…", "x-note": "my key is …" },
    requestBody: { text: expect.stringContaining("draw … please"), isCut: false },
    replyBody: { isCut: true },
  });
  expect(exchange.replyBody.text).toMatch(/"datatype":"UINT8".*123, ?123/);
  expect(exchange.replyBody.text.length).toBeLessThan(600);
});

test("an unknown key that was refused is not shown either", async () => {
  const { origin, requests } = await openConstantServer({ isKeyRequired: true });
  await post(origin, "{}", { authorization: "Bearer somebodys-own-token-1234" });
  await vi.waitFor(() => expect(requests.list()[0]?.state).toBe("answered"), 20_000);
  const exchange = requests.exchange(requests.list()[0]!.id);
  expect([exchange.status, JSON.stringify(exchange).includes("somebodys")]).toEqual([401, false]);
  expect(exchange.replyBody.text).toContain("KEY_REFUSED");
});

test("compressed bodies are shown decompressed, and binary ones not at all", async () => {
  const { origin, requests } = await openConstantServer();
  await post(origin, gzipSync(bodyOf("packed words")), { "content-encoding": "gzip" });
  await post(
    origin,
    Uint8Array.from({ length: 100 }, (_, i) => i),
    {
      "content-type": "application/octet-stream",
    },
  );
  await vi.waitFor(
    () => expect(requests.list().filter(({ ms }) => ms !== undefined)).toHaveLength(2),
    20_000,
  );
  const [binary, packed] = requests.list().map(({ id }) => requests.exchange(id));
  expect(packed?.requestBody.text).toContain("packed words");
  expect(binary?.requestBody).toEqual({ text: "", sizeBytes: 100, isCut: true });
});

test("a row waits, runs, and ends when its client disconnects", async () => {
  const { origin, requests, told } = await openConstantServer(
    {},
    new ConstantEngine({ stepMs: 400, steps: 9 }),
  );
  const gone = new AbortController();
  const clients = ["first", "second"].map((prompt) =>
    fetch(origin + INFER, {
      method: "POST",
      headers: JSON_TYPE,
      body: bodyOf(prompt),
      signal: gone.signal,
    }).catch(() => "gone"),
  );
  await vi.waitFor(
    () =>
      expect(
        requests
          .list()
          .map(({ state }) => state)
          .toSorted(),
      ).toEqual(["running", "waiting"]),
    20_000,
  );
  gone.abort();
  await Promise.all(clients);
  await vi.waitFor(
    () => expect(requests.list().map(({ state }) => state)).toEqual(["gone", "gone"]),
    20_000,
  );
  await vi.waitFor(() => expect(told.at(-1)?.map(({ state }) => state)).toEqual(["gone", "gone"]), {
    timeout: 2000,
  });
});

test("rows are reported in batches, at most four times a second, and all in the end", async () => {
  const { origin, told, requests } = await openConstantServer();
  const begun = performance.now();
  await Promise.all(Array.from({ length: 60 }, () => fetch(`${origin}/v2/health/live`)));
  const wanted = requests.list().length;
  await vi.waitFor(
    () => {
      const last = new Map(told.flat().map((row) => [row.id, row.state]));
      expect([...last.values()].filter((state) => state === "answered")).toHaveLength(wanted);
    },
    { timeout: 5000 },
  );
  expect(told.length).toBeLessThanOrEqual((performance.now() - begun) / 250 + 1);
  expect(Math.max(...told.map((rows) => rows.length))).toBeLessThanOrEqual(25);
});

test("the latest 300 are kept, until they are cleared", async () => {
  const { origin, requests } = await openConstantServer();
  for (let i = 0; i < 7; i++) {
    await Promise.all(Array.from({ length: 50 }, () => fetch(`${origin}/v2`)));
  }
  expect(requests.list()).toHaveLength(300);
  const [{ id } = { id: "" }] = requests.list();
  requests.clear();
  await delay(1);
  expect(requests.list()).toEqual([]);
  expect(() => requests.exchange(id)).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
});
