import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { relay } from "../../../../engine/serving/routes/relay.ts";

interface Item {
  readonly n: number;
}

/** A fake that yields values and counts how many were taken. */
class Source {
  taken = 0;
  async *items(count: number, { everyMs = 0, error }: { everyMs?: number; error?: Error } = {}) {
    for (let n = 0; n < count; n++) {
      if (everyMs > 0) await delay(everyMs);
      this.taken++;
      yield { n };
    }
    if (error !== undefined) throw error;
  }
}

async function all(items: AsyncIterable<Item | undefined>): Promise<(number | undefined)[]> {
  const numbers: (number | undefined)[] = [];
  for await (const item of items) numbers.push(item?.n);
  return numbers;
}

test("everything is passed on in order to a reader", async () => {
  const items = new Source().items(5, { everyMs: 1 });
  expect(await all(relay(items, { limit: 3, silenceMs: 1000 }))).toEqual([0, 1, 2, 3, 4]);
});

test("a reader that stops blocks nothing, and finds the latest", async () => {
  const source = new Source();
  const relayed = relay(source.items(1000), { limit: 3, silenceMs: 1000 });
  const first = await relayed.next();
  await expect.poll(() => source.taken).toBe(1000);
  expect([first.value?.n, ...(await all(relayed))]).toEqual([expect.any(Number), 997, 998, 999]);
});

test("silence is reported", async () => {
  const relayed = relay(new Source().items(1, { everyMs: 100 }), { limit: 3, silenceMs: 20 });
  const items = await all(relayed);
  expect(items.at(-1)).toBe(0);
  expect(items.slice(0, -1).length).toBeGreaterThan(1);
  expect(items.slice(0, -1).every((item) => item === undefined)).toBe(true);
});

test("what the source throws comes after what it yielded", async () => {
  const error = new Error("the end");
  const relayed = relay(new Source().items(2, { error }), { limit: 3, silenceMs: 1000 });
  expect([(await relayed.next()).value, (await relayed.next()).value]).toEqual([
    { n: 0 },
    { n: 1 },
  ]);
  await expect(relayed.next()).rejects.toBe(error);
});
