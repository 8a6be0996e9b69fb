import * as fc from "fast-check";
import { expect, test } from "vitest";
import { FairLine, type Waiter } from "../../../engine/serving/fair-line.ts";

interface Named extends Waiter {
  readonly name: string;
}

function waiters(...names: readonly string[]): Named[] {
  return names.map((name) => ({ name, callerId: name.slice(0, 1) }));
}

function lineOf(...names: readonly string[]): FairLine<Named> {
  const line = new FairLine<Named>();
  for (const waiter of waiters(...names)) line.enter(waiter, 100);
  return line;
}

function served(line: FairLine<Named>): string[] {
  const order: string[] = [];
  for (;;) {
    const next = line.serveNext(() => true);
    if (next === undefined) return order;
    order.push(next.name);
  }
}

test("callers are served in turn, each in the order of its own requests", () => {
  expect(served(lineOf("a1", "a2", "a3", "b1", "c1", "b2"))).toEqual([
    "a1",
    "b1",
    "c1",
    "a2",
    "b2",
    "a3",
  ]);
});

test("a caller that was just served waits for the others, also with a new request", () => {
  const line = lineOf("a1", "b1");
  line.serveNext(() => true);
  line.enter(waiters("a2")[0]!, 100);
  expect(served(line)).toEqual(["b1", "a2"]);
});

test("the announced order is the real one", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 20 }), (callers) => {
      const line = lineOf(...callers.map((caller, i) => `${caller}${i}`));
      line.serveNext(() => true);
      const told = line.inOrder().map(({ name }) => name);
      expect(served(line)).toEqual(told);
    }),
  );
});

test("a request that may not start yet is skipped and keeps its place", () => {
  const line = lineOf("a1", "b1");
  expect(line.serveNext(({ name }) => name !== "a1")?.name).toBe("b1");
  expect(served(line)).toEqual(["a1"]);
});

test("a full queue refuses; a caller with less than its share gets the last place of the one with most", () => {
  const line = new FairLine<Named>();
  const [a1, a2, a3, a4, b1, b2] = waiters("a1", "a2", "a3", "a4", "b1", "b2");
  const entering = [a1!, a2!, a3!].map((waiter) => line.enter(waiter, 3));
  expect([...entering, line.enter(a4!, 3), line.enter(b1!, 3), line.enter(b2!, 3)]).toEqual([
    undefined,
    undefined,
    undefined,
    "full",
    a3,
    "full",
  ]);
  expect(served(line)).toEqual(["a1", "b1", "a2"]);
});

test("a caller that leaves is not served any more", () => {
  const line = new FairLine<Named>();
  const [one, other] = waiters("a1", "a2");
  line.enter(one!, 10);
  line.enter(other!, 10);
  line.leave(one!);
  expect([line.length, served(line)]).toEqual([1, ["a2"]]);
});
