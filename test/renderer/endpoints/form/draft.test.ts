import { expect, test } from "vitest";
import type { StudioClient } from "../../../../engine/contract/studio-client.ts";
import {
  changeOf,
  draftOf,
  EMPTY_DRAFT,
  newEndpointOf,
  saveDraft,
} from "../../../../renderer/endpoints/form/draft.ts";
import { endpointOf, FakeEndpoints } from "../../../fakes/fake-endpoints.ts";

const kept = endpointOf({ headers: ["x-project"] });

test("a new endpoint leaves open what was not entered, and uses https if it has no scheme", () => {
  const draft = { ...EMPTY_DRAFT, url: " sd.apps.example.com ", token: "t" };
  expect(newEndpointOf(draft)).toEqual({
    url: "https://sd.apps.example.com",
    token: "t",
    ca: null,
    isInsecure: false,
    isTokenOverHttp: false,
    isDirect: false,
    headers: [],
    timeoutSeconds: 600,
    startSeconds: 600,
    checkMinutes: 0,
  });
});

test("an address of this computer gets http if it has no scheme", () => {
  expect(newEndpointOf({ ...EMPTY_DRAFT, url: " 127.0.0.1:8090 " }).url).toBe(
    "http://127.0.0.1:8090",
  );
  expect(newEndpointOf({ ...EMPTY_DRAFT, url: "https://localhost" }).url).toBe("https://localhost");
});

test("an unchanged draft changes nothing; emptied fields stay", () => {
  const draft = draftOf(kept);
  expect(changeOf(draft, kept)).toEqual({ id: "kt2" });
  expect(changeOf({ ...draft, name: " ", model: "" }, kept)).toEqual({ id: "kt2" });
});

test("a change contains what differs, and headers only if they were entered again", () => {
  const headers = [{ name: "x-project", value: "b" }];
  expect(changeOf({ ...draftOf(kept), model: "sd", isInsecure: true, headers }, kept)).toEqual({
    id: "kt2",
    model: "sd",
    isInsecure: true,
    headers,
  });
});

test("a token is sent after its address, and once", async () => {
  const calls: unknown[] = [];
  const told = new FakeEndpoints("few", () => {}).client();
  const record = (name: "change" | "setToken") => async (input: never) => {
    calls.push([name, input]);
    return told[name](input);
  };
  const endpoints = { ...told, change: record("change"), setToken: record("setToken") };
  const client = { endpoints } as unknown as StudioClient;
  const draft = { ...draftOf(endpointOf()), url: "https://other.example.com", token: "t" };
  await saveDraft(client, draft, endpointOf());
  expect(calls).toEqual([
    ["change", { id: "kt2", url: "https://other.example.com" }],
    ["setToken", { id: "kt2", token: "t" }],
  ]);
});
