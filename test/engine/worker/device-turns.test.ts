import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { DeviceTurns, type Drawer } from "../../../engine/worker/device-turns.ts";

const NEVER = new AbortController().signal;

function drawing(turns: DeviceTurns) {
  const order: string[] = [];
  let atOnce = 0;
  const draw = (drawer: Drawer, name: string, signal = NEVER): Promise<void> =>
    turns.run(drawer, signal, async () => {
      expect(++atOnce).toBe(1);
      await delay(1);
      order.push(name);
      atOnce--;
    });
  return { draw, order };
}

test("if both wait they take turns, and within each the first is first", async () => {
  const { draw, order } = drawing(new DeviceTurns());
  await Promise.all([
    draw("server", "d1"),
    draw("server", "d2"),
    draw("server", "d3"),
    draw("studio", "s1"),
    draw("studio", "s2"),
    draw("studio", "s3"),
    draw("studio", "s4"),
  ]);
  expect(order).toEqual(["d1", "s1", "d2", "s2", "d3", "s3", "s4"]);
});

test("the studio is first unless it has just drawn", async () => {
  const turns = new DeviceTurns();
  const { draw, order } = drawing(turns);
  const release = await turns.take("server", NEVER);
  const both = Promise.all([draw("server", "server"), draw("studio", "studio")]);
  release();
  await both;
  expect(order).toEqual(["studio", "server"]);
});

test("one that is cancelled while it waits gives up its place, with the reason", async () => {
  const turns = new DeviceTurns();
  const { draw, order } = drawing(turns);
  const gone = new AbortController();
  const release = await turns.take("studio", NEVER);
  const waiting = draw("server", "gone", gone.signal);
  const other = draw("server", "other");
  gone.abort(new Error("gone"));
  await expect(waiting).rejects.toThrow("gone");
  release();
  await other;
  expect(order).toEqual(["other"]);
});

test("one that fails releases the device", async () => {
  const turns = new DeviceTurns();
  const { draw, order } = drawing(turns);
  await expect(turns.run("server", NEVER, () => Promise.reject(new Error("no")))).rejects.toThrow(
    "no",
  );
  await draw("studio", "after");
  expect([order, turns.holder]).toEqual([["after"], undefined]);
});

test("work that must not coincide with a picture waits until the device is free and nobody waits", async () => {
  const turns = new DeviceTurns();
  const { draw, order } = drawing(turns);
  const release = await turns.take("server", NEVER);
  turns.whenFree("studio", () => order.push("unloaded"));
  const waiting = draw("studio", "picture");
  release();
  await waiting;
  expect(order).toEqual(["picture", "unloaded"]);
  turns.whenFree("studio", () => order.push("at once"));
  expect(order.at(-1)).toBe("at once");
});

test("one drawer's wish is not lost because of the other's", async () => {
  const turns = new DeviceTurns();
  const done: string[] = [];
  const release = await turns.take("server", NEVER);
  turns.whenFree("server", () => done.push("server"));
  turns.whenFree("studio", () => done.push("studio, too early"));
  turns.whenFree("studio", () => done.push("studio"));
  release();
  expect(done).toEqual(["server", "studio"]);
});
