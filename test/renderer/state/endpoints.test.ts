import { QueryObserver } from "@tanstack/react-query";
import { expect, test } from "vitest";
import {
  type Details,
  type RefusalCode,
  StudioError,
  toWire,
} from "../../../engine/contract/errors.ts";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { applyEvents } from "../../../renderer/state/apply-event.ts";
import {
  certificateStateOf,
  endpointsThatMatch,
  hasAnswered,
  knownProfileOf,
  readinessOf,
  remedyOf,
  withoutMeasurements,
} from "../../../renderer/state/endpoints.ts";
import { checkOf, endpointOf } from "../../fakes/fake-endpoints.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

test("changed endpoints keep their places, new ones come last, removed ones disappear", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  const list = studio.queries.endpoints.list.queryOptions();
  await studio.cache.fetchQuery(list);
  const names = () => studio.cache.getQueryData(list.queryKey)?.map(({ name }) => name);
  const endpoints = [endpointOf({ name: "renamed" }), endpointOf({ id: "new", name: "new" })];
  await applyEvents([{ type: "endpoints-changed", endpoints }], studio);
  expect(names()).toEqual(["renamed", "Workshop machine", "new"]);
  await applyEvents([{ type: "endpoints-removed", ids: ["kt2"] }], studio);
  expect(names()).toEqual(["Workshop machine", "new"]);
});

test("a picture that ended at an endpoint changes nothing for what reads no measurements", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  const list = studio.queries.endpoints.list.queryOptions();
  const [endpoint = endpointOf()] = await studio.cache.fetchQuery(list);
  const known = new QueryObserver(studio.cache, { ...list, select: withoutMeasurements });
  const stop = known.subscribe(() => {});
  const change = async (changed: Partial<typeof endpoint>) => {
    const endpoints = [{ ...endpoint, ...changed }];
    await applyEvents([{ type: "endpoints-changed", endpoints }], studio);
    return known.getCurrentResult().data;
  };
  const before = await change({ medianSeconds: 12, medianOf: 3 });
  expect(await change({ medianSeconds: 13, medianOf: 4, starts: [], quietChecks: [] })).toBe(
    before,
  );
  expect(await change({ name: "renamed" })).not.toBe(before);
  stop();
});

test("a list that was not read is not made up from changes", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  await applyEvents([{ type: "endpoints-changed", endpoints: [endpointOf()] }], studio);
  expect(studio.cache.getQueryData(studio.queries.endpoints.list.queryKey())).toBeUndefined();
});

test("readiness is that of the last test", () => {
  expect(readinessOf(endpointOf({ check: undefined }))).toBe("unknown");
  expect(readinessOf(endpointOf({ check: checkOf({ state: "not-ready" }) }))).toBe("not-ready");
});

test("after a token changes nothing is ready until the next test", () => {
  const before = (state: "ready" | "failed") =>
    readinessOf(endpointOf({ check: checkOf({ state, isOutdated: true }) }));
  expect([before("ready"), before("failed")]).toEqual(["outdated", "failed"]);
});

test("its settings are known from the first successful test, or by choice", () => {
  const failed = checkOf({ state: "failed" });
  expect([
    knownProfileOf(endpointOf({ check: undefined })),
    knownProfileOf(endpointOf({ check: failed })),
    knownProfileOf(endpointOf()),
    knownProfileOf(endpointOf({ check: undefined, profile: "full" })),
  ]).toEqual([undefined, undefined, "prompt", "full"]);
});

test("a test that ended at the certificate or the connection got no answer", () => {
  const after = (code: RefusalCode, details: Details, ms = 26) =>
    hasAnswered(checkOf({ state: "failed", ms, error: toWire(new StudioError(code, details)) }));
  expect([
    hasAnswered(checkOf()),
    after("ENDPOINT_TOKEN_REFUSED", { reason: "401" }),
    after("ENDPOINT_TOKEN_REFUSED", { reason: "it is no longer stored on this computer" }, 0),
    after("ENDPOINT_CERTIFICATE", { host: "edge", reason: "self-signed" }),
    after("ENDPOINT_UNREACHABLE", { host: "edge", reason: "refused" }),
  ]).toEqual([true, true, false, false, false]);
});

test("a certificate is known after an answer over TLS", () => {
  const failed = (code: RefusalCode, details: Details) =>
    checkOf({ state: "failed", error: toWire(new StudioError(code, details)) });
  const gone = failed("ENDPOINT_UNREACHABLE", { host: "edge", reason: "refused" });
  const untrusted = failed("ENDPOINT_CERTIFICATE", { host: "edge", reason: "self-signed" });
  const states = [
    { check: undefined },
    { check: gone },
    { check: untrusted, hasAnswered: true },
    { check: gone, hasAnswered: true },
    { check: failed("ENDPOINT_TOKEN_REFUSED", { reason: "401" }) },
    {},
    { check: undefined, isInsecure: true },
    { check: undefined, origin: "http://edge" },
  ].map((change) => certificateStateOf(endpointOf(change)));
  const known = ["untested", "untested", "untested", "system", "system", "system"];
  expect(states).toEqual([...known, "unchecked", "open"]);
});

test("each refusal has the step that helps, and retrying if none is known", () => {
  expect(remedyOf("ENDPOINT_CERTIFICATE")).toBe("certificate");
  expect(remedyOf("ENDPOINT_TOKEN_REFUSED")).toBe("token");
  expect(remedyOf("ENDPOINT_BUSY")).toBe("again");
});

test("a search finds endpoints by name, address, protocol and model, whatever the case and the order of its words", () => {
  const all = [
    endpointOf({ name: "Cluster", url: "https://kt2.example", kind: "v2", model: "stable" }),
    endpointOf({ name: "Web UI", url: "http://10.0.0.7:7860", kind: "a1111", model: "dream" }),
  ];
  const found = (search: string) =>
    endpointsThatMatch(all, search, (kind) => `protocol ${kind}`).map(({ name }) => name);
  const searches = ["", " ", "cluster", "KT2", "a1111", "dream 10.0", "protocol", "dream kt2"];
  expect(searches.map(found)).toEqual([
    ["Cluster", "Web UI"],
    ["Cluster", "Web UI"],
    ["Cluster"],
    ["Cluster"],
    ["Web UI"],
    ["Web UI"],
    ["Cluster", "Web UI"],
    [],
  ]);
});
