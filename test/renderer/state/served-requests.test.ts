import { beforeEach, expect, test } from "vitest";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { applyEvents } from "../../../renderer/state/apply-event.ts";
import {
  isFailed,
  loadServedRequests,
  mergeServedRequests,
  useServedRequests,
} from "../../../renderer/state/served-requests.ts";
import { servedRequestOf } from "../../fakes/fake-server.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

beforeEach(() => useServedRequests.setState(useServedRequests.getInitialState(), true));

const idsShown = () => useServedRequests.getState().all.map(({ id }) => id);

test("rows are newest first, up to a limit", () => {
  mergeServedRequests(Array.from({ length: 600 }, (_, index) => servedRequestOf(599 - index)));
  expect(idsShown().slice(0, 3)).toEqual(["request-0", "request-1", "request-2"]);
  expect(idsShown()).toHaveLength(500);
});

test("what was read late does not undo the events", () => {
  const answered = servedRequestOf(0, { state: "answered", status: 200 });
  mergeServedRequests([answered]);
  mergeServedRequests([servedRequestOf(0, { at: answered.at, state: "running" })]);
  expect(useServedRequests.getState().all).toEqual([answered]);
});

test("events bring rows, their changes and their end", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  await loadServedRequests(studio);
  expect(idsShown()).toEqual(["request-0", "request-1", "request-2"]);
  const at = new Date().toISOString();
  const fresh = servedRequestOf(0, { id: "fresh", at, state: "waiting" });
  await applyEvents([{ type: "served-requests-changed", requests: [fresh] }], studio);
  expect(idsShown()[0]).toBe("fresh");
  await applyEvents([{ type: "served-requests-cleared" }], studio);
  expect(idsShown()).toEqual([]);
});

test("an open request is read again when it has progressed", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  const asked = studio.queries.server.exchange.queryOptions({ input: { id: "request-0" } });
  await studio.cache.fetchQuery(asked);
  await applyEvents([{ type: "served-requests-changed", requests: [servedRequestOf(0)] }], studio);
  expect(studio.cache.getQueryState(asked.queryKey)?.isInvalidated).toBe(true);
});

test("after a reset the rows are the studio's again, if they are shown", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  mergeServedRequests([servedRequestOf(7)]);
  await applyEvents([{ type: "reset" }], studio);
  expect(idsShown()).toEqual(["request-7"]);
  await loadServedRequests(studio);
  await applyEvents([{ type: "reset" }], studio);
  expect(idsShown()).toEqual(["request-0", "request-1", "request-2"]);
});

test("changes of the server itself are applied at once, and keys are read again", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  const { server: queries } = studio.queries;
  await studio.cache.fetchQuery(queries.keys.queryOptions());
  const server = await studio.client.server.get();
  await applyEvents([{ type: "server-changed", server: { ...server, waiting: 3 } }], studio);
  await applyEvents([{ type: "server-keys-changed" }], studio);
  expect(studio.cache.getQueryData(queries.get.queryKey())).toEqual({ ...server, waiting: 3 });
  expect(studio.cache.getQueryState(queries.keys.queryKey())?.isInvalidated).toBe(true);
});

test("refused, broken and left requests count as failed", () => {
  const change = [
    { state: "answered", status: 200 },
    { state: "answered", status: 404 },
    { state: "gone", status: undefined },
    { state: "waiting", status: undefined },
  ] as const;
  expect(change.map((one) => isFailed(servedRequestOf(0, one)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
