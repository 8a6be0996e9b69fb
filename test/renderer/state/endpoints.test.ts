import { expect, test } from "vitest";
import { createStudio } from "../../../renderer/connection/studio.tsx";
import { applyEvent } from "../../../renderer/state/apply-event.ts";
import { readinessOf, remedyOf, tokenStateOf } from "../../../renderer/state/endpoints.ts";
import { checkOf, endpointOf } from "../../fakes/fake-endpoints.ts";
import { FakeStudio } from "../../fakes/fake-studio.ts";

test("changed endpoints keep their places, new ones come last, removed ones go", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  const list = studio.queries.endpoints.list.queryOptions();
  await studio.cache.fetchQuery(list);
  const names = () => studio.cache.getQueryData(list.queryKey)?.map(({ name }) => name);
  const endpoints = [endpointOf({ name: "renamed" }), endpointOf({ id: "new", name: "new" })];
  await applyEvent({ type: "endpoints-changed", endpoints }, studio);
  expect(names()).toEqual(["renamed", "Workshop machine", "new"]);
  await applyEvent({ type: "endpoints-removed", ids: ["kt2"] }, studio);
  expect(names()).toEqual(["Workshop machine", "new"]);
});

test("a list that nobody has read is not made up from what has changed", async () => {
  const studio = createStudio(new FakeStudio("few").client());
  await applyEvent({ type: "endpoints-changed", endpoints: [endpointOf()] }, studio);
  expect(studio.cache.getQueryData(studio.queries.endpoints.list.queryKey())).toBeUndefined();
});

test("a token is none, kept, or one that ends", () => {
  const now = Date.parse("2026-11-25T12:00:00Z");
  const stateOf = (tokenExpiresAt?: string) =>
    tokenStateOf({ hasToken: true, ...(tokenExpiresAt !== undefined && { tokenExpiresAt }) }, now);
  expect(tokenStateOf({ hasToken: false }, now)).toBe("none");
  expect(stateOf()).toBe("kept");
  expect(stateOf("2026-11-26T12:00:00Z")).toBe("lasting");
  expect(stateOf("2026-11-25T12:59:00Z")).toBe("expiring");
  expect(stateOf("2026-11-25T12:00:00Z")).toBe("expired");
});

test("readiness is that of the last look", () => {
  expect(readinessOf(endpointOf({ check: undefined }))).toBe("unknown");
  expect(readinessOf(endpointOf({ check: checkOf({ state: "not-ready" }) }))).toBe("not-ready");
});

test("each refusal has the step that helps, and trying again where none is known", () => {
  expect(remedyOf("ENDPOINT_CERTIFICATE")).toBe("certificate");
  expect(remedyOf("ENDPOINT_TOKEN_REFUSED")).toBe("token");
  expect(remedyOf("ENDPOINT_BUSY")).toBe("again");
});
