import { expect, test } from "vitest";
import type { StudioEvent } from "../../../engine/contract/events.ts";
import type { StudioClient } from "../../../engine/contract/studio-client.ts";
import { followForDesktop } from "../../../engine/server/desktop-news.ts";

const CHANGED: StudioEvent = { type: "transfers-removed", ids: [] };
const QUEUE = { isPaused: false, generations: [] };
const TRANSFER = { state: "running" };

/** Follows a studio whose transfers are read once for each event; returns what was reported and logged. */
async function follow(answers: readonly (readonly object[] | Error)[], end?: Error) {
  const left = [...answers];
  async function* events() {
    yield* answers.map(() => CHANGED);
    if (end !== undefined) throw end;
  }
  const studio: unknown = {
    events: { subscribe: async () => events() },
    queue: { get: async () => QUEUE },
    transfers: { list: async () => answerOf(left.shift()) },
    settings: { get: async () => ({ keepInTray: true }) },
  };
  const told: object[] = [];
  const logged: unknown[] = [];
  await followForDesktop(studio as StudioClient, {
    tell: (news) => told.push(news),
    logError: (error) => logged.push(error),
    signal: new AbortController().signal,
  });
  return { told, logged };
}

function answerOf(answer: readonly object[] | Error | undefined): readonly object[] {
  if (answer instanceof Error) throw answer;
  return answer ?? [];
}

const activity = (transferCount: number) => ({ kind: "activity", openCount: 0, transferCount });

test("reports what is open, and nothing twice", async () => {
  const { told, logged } = await follow([[], [], [TRANSFER]]);
  expect(logged).toEqual([]);
  expect(told).toEqual([activity(0), { kind: "choices", keepInTray: true }, activity(1)]);
});

test("news that cannot be read comes with the next event", async () => {
  const broken = new Error("the disk is gone");
  const { told, logged } = await follow([[], broken, [TRANSFER]]);
  expect([told.at(-1), logged]).toEqual([activity(1), [broken]]);
});

test("a stream that breaks is logged and ends nothing", async () => {
  const broken = new Error("mistaken");
  expect((await follow([[]], broken)).logged).toEqual([broken]);
});
