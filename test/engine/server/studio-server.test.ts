import { RPCLink } from "@orpc/client/fetch";
import { createORPCClient } from "@orpc/client";
import { expect, test, vi } from "vitest";
import { openServer } from "../../fakes/open-server.ts";

interface Calls {
  say: (input: { text: string }) => Promise<string>;
  weigh: (input: { file: File }) => Promise<{ name: string; size: number }>;
  fail: () => Promise<string>;
  count: () => Promise<AsyncGenerator<number>>;
}

function clientOf(origin: string, token: string): Calls {
  const link = new RPCLink({ url: `${origin}/rpc`, headers: { authorization: `Bearer ${token}` } });
  return createORPCClient(link) as unknown as Calls;
}

test("calls reach the studio, with files and streams", async () => {
  const { origin, token, studio } = await openServer();
  const client = clientOf(origin, token);
  expect(await client.say({ text: "hello" })).toBe("hello");
  const file = new File([new Uint8Array(3 << 20)], "fish.png", { type: "image/png" });
  expect(await client.weigh({ file })).toEqual({ name: "fish.png", size: 3 << 20 });
  const numbers = [];
  for await (const n of await client.count()) {
    numbers.push(n);
    if (n === 2) break;
  }
  expect(numbers).toEqual([0, 1, 2]);
  await vi.waitFor(() => expect(studio.readers).toBe(0), 20_000);
});

function session(origin: string, body: unknown): Promise<Response> {
  return fetch(`${origin}/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

test("a code becomes a token, once, and the token opens the contract", async () => {
  const { server, origin, studio } = await openServer();
  const { hash } = new URL(server.freshAddress());
  const code = hash.replace("#code=", "");
  const reply = await session(origin, { code });
  const { token } = (await reply.json()) as { token: string };
  expect([reply.status, reply.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const called = await fetch(`${origin}/rpc/say`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: '{"json":{"text":"in"}}',
  });
  expect([called.status, studio.calls]).toEqual([200, ["say in"]]);
  const again = await session(origin, { code });
  expect([again.status, await again.json()]).toMatchObject([401, { code: "TOKEN_REFUSED" }]);
});

test("a token stays valid when the server restarts", async () => {
  const first = await openServer();
  const code = first.keys.codes.issue();
  const { token } = (await (await session(first.origin, { code })).json()) as { token: string };
  await first.server.close();
  const { Tokens } = await import("../../../engine/server/tokens.ts");
  const second = await openServer({ tokens: await Tokens.open(first.folder) });
  const called = await fetch(`${second.origin}/rpc/say`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: '{"json":{"text":"in"}}',
  });
  expect(called.status).toBe(200);
});

test.each([
  [{}],
  [{ code: "x" }],
  [{ code: 7 }],
  [[]],
  ["code"],
  [null],
  [{ code: "y".repeat(201) }],
])("%j does not open a session", async (body) => {
  const { origin } = await openServer();
  const reply = await session(origin, body);
  expect([reply.status, await reply.json()]).toMatchObject([401, { code: "TOKEN_REFUSED" }]);
});

test("of many who use one code at once, one gets a token", async () => {
  const { origin, keys } = await openServer();
  const code = keys.codes.issue();
  const replies = await Promise.all(Array.from({ length: 20 }, () => session(origin, { code })));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(1);
});
