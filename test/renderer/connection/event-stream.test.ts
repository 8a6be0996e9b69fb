import { withEventMeta } from "@orpc/client";
import { expect, test } from "vitest";
import type { StudioEvent } from "../../../engine/contract/events.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import { followEvents } from "../../../renderer/connection/event-stream.ts";

type Step = { readonly id: string; readonly event: StudioEvent } | "break";

/** A studio with scripted event streams; a stream left open waits for the end. */
function studioThatSays(streams: readonly (readonly Step[])[]) {
  const resumed: (string | undefined)[] = [];
  const subscribe = async (
    _: undefined,
    options: { lastEventId?: string; signal?: AbortSignal },
  ) => {
    const steps = streams[resumed.length] ?? [];
    resumed.push(options.lastEventId);
    return (async function* () {
      for (const step of steps) {
        if (step === "break") throw new TypeError("network error");
        yield withEventMeta(step.event, { id: step.id });
      }
      await ended(options.signal);
    })();
  };
  return { client: { events: { subscribe } } as unknown as StudioClient, resumed };
}

function ended(signal: AbortSignal | undefined): Promise<unknown> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => signal?.addEventListener("abort", resolve));
}

const machine: StudioEvent = { type: "machine-changed" };
const models: StudioEvent = { type: "models-changed" };

const saysModels = (events: readonly StudioEvent[]): boolean =>
  events.some(({ type }) => type === models.type);

test("a broken stream continues after the last event seen", async () => {
  const { client, resumed } = studioThatSays([
    [{ id: "7", event: machine }, "break"],
    [{ id: "8", event: models }],
  ]);
  const leaving = new AbortController();
  const seen: string[] = [];
  await followEvents(
    client,
    {
      onEvents: async (events) => {
        for (const { type } of events) seen.push(type);
        if (saysModels(events)) leaving.abort();
      },
      onConnected: () => seen.push("connected"),
      onLost: () => seen.push("lost"),
    },
    leaving.signal,
  );
  expect(seen).toEqual(["connected", "machine-changed", "lost", "connected", "models-changed"]);
  expect(resumed).toEqual([undefined, "7"]);
});

test("events that could not be taken in are asked for again", async () => {
  const both = [
    { id: "1", event: machine },
    { id: "2", event: models },
  ];
  const { client, resumed } = studioThatSays([both, both]);
  const leaving = new AbortController();
  let failures = 1;
  await followEvents(
    client,
    {
      onEvents: async (events) => {
        if (!saysModels(events)) return;
        if (failures-- > 0) throw new TypeError("the snapshot could not be read");
        leaving.abort();
      },
      onConnected: () => {},
      onLost: () => {},
    },
    leaving.signal,
  );
  expect(resumed).toEqual([undefined, undefined]);
});

test("events that come in one go are told in one go, and later ones by themselves", async () => {
  const later = Promise.withResolvers<void>();
  const subscribe = async () =>
    (async function* () {
      yield machine;
      yield machine;
      await later.promise;
      yield models;
    })();
  const client = { events: { subscribe } } as unknown as StudioClient;
  const leaving = new AbortController();
  const told: (readonly string[])[] = [];
  await followEvents(
    client,
    {
      onEvents: async (events) => {
        told.push(events.map(({ type }) => type));
        later.resolve();
        if (saysModels(events)) leaving.abort();
      },
      onConnected: () => {},
      onLost: () => {},
    },
    leaving.signal,
  );
  expect(told).toEqual([["machine-changed", "machine-changed"], ["models-changed"]]);
});
