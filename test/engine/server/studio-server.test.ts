import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/fetch";
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
  await vi.waitFor(() => expect(studio.readers).toBe(0));
});
