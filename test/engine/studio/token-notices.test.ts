import { expect, onTestFinished, test, vi } from "vitest";
import { clientOf } from "../../../engine/server/client-of.ts";
import { tokenUntil } from "../../fakes/expiring-token.ts";
import { studioInProcess } from "../../fakes/studio-in-process.ts";
import { temporaryFolder } from "../../fakes/temporary-folder.ts";

const NOON = Date.parse("2026-11-25T12:00:00.000Z");
const HOUR = 3_600_000;

/** A studio whose clock is set by the test. */
async function studioWithClock(dataFolder = temporaryFolder()) {
  const clock = { at: NOON };
  const studio = await studioInProcess({
    dataFolder,
    isPassive: true,
    now: () => new Date(clock.at),
  });
  const client = clientOf(studio.router);
  const notices = async () => (await client.machine.get()).notices;
  return { studio, client, clock, notices, dataFolder };
}

test("a token is a notice from a day before it expires, another once it has, and none after it is replaced", async () => {
  const { client, clock, notices } = await studioWithClock();
  const token = tokenUntil(new Date(NOON + 30 * HOUR));
  const { id } = await client.endpoints.add({ name: "kt2", url: "https://kt2.example", token });
  await client.endpoints.add({
    name: "lasting",
    url: "https://other.example",
    token: tokenUntil(new Date(NOON + 300 * HOUR)),
  });
  const told = [];
  for (const hours of [5, 6, 29, 30]) {
    clock.at = NOON + hours * HOUR;
    told.push(await notices());
  }
  const notice = (words: string) => ({
    text: `The token of the endpoint kt2 ${words} at 2026-11-26 18:00 UTC. Make a new one and enter it.`,
    endpointId: id,
  });
  expect(told).toEqual([[], [notice("expires")], [notice("expires")], [notice("expired")]]);

  await client.endpoints.setToken({ id, token: tokenUntil(new Date(NOON + 300 * HOUR)) });
  expect(await notices()).toEqual([]);
});

test("the pages hear of it within a minute, and at once when the token is replaced or its endpoint removed", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { client, clock, notices } = await studioWithClock();
  const token = tokenUntil(new Date(NOON + 25 * HOUR));
  const add = (name: string) =>
    client.endpoints.add({ name, url: `https://${name}.example`, token });
  const [first, second] = [await add("first"), await add("second")];
  const leaving = new AbortController();
  const changes: number[] = [];
  const events = await client.events.subscribe({}, { signal: leaving.signal });
  const following = (async () => {
    for await (const event of events) {
      if (event.type === "machine-changed" || event.type === "reset")
        changes.push((await notices()).length);
    }
  })().catch(() => undefined);
  const heard = (count: number) => vi.waitFor(() => expect(changes.at(-1)).toBe(count), 20_000);

  await heard(0);
  clock.at = NOON + 2 * HOUR;
  vi.advanceTimersByTime(60_000);
  await heard(2);
  await client.endpoints.setToken({
    id: first.id,
    token: tokenUntil(new Date(NOON + 99 * HOUR)),
  });
  await heard(1);
  await client.endpoints.remove({ id: second.id });
  await heard(0);
  leaving.abort();
  await following;
});

test("after a restart the notice is the same, so that a page which hid it does not show it again", async () => {
  const before = await studioWithClock();
  const token = tokenUntil(new Date(NOON + HOUR));
  await before.client.endpoints.add({ name: "kt2", url: "https://kt2.example", token });
  const notices = await before.notices();
  await before.studio.close();
  const after = await studioWithClock(before.dataFolder);
  expect(notices).toHaveLength(1);
  expect(await after.notices()).toEqual(notices);
});
