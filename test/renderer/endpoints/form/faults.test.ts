import { expect, test } from "vitest";
import { EMPTY_DRAFT } from "../../../../renderer/endpoints/form/draft.ts";
import {
  faultsOf,
  headerFault,
  isOpenToOthers,
  isSound,
  leavesToken,
} from "../../../../renderer/endpoints/form/faults.ts";
import { endpointOf } from "../../../fakes/fake-endpoints.ts";

const at = (url: string) => ({ ...EMPTY_DRAFT, url });

test.each([
  ["", "urlEmpty"],
  ["https://sd.example.com", undefined],
  ["sd.example.com/v2/models/sd/infer", undefined],
  ["127.0.0.1:8080", undefined],
  ["ftp://sd.example.com", "url"],
  ["https://", "url"],
  ["https://ada:secret@sd.example.com", "urlUser"],
])("the address %j: %s", (url, fault) => {
  expect(faultsOf(at(url), undefined).url).toBe(fault);
});

test("a token may be sent unencrypted only if the user allowed it", () => {
  const draft = { ...at("http://sd.example.com"), token: "t" };
  expect(faultsOf(draft, undefined).token).toBe("overHttp");
  expect(faultsOf({ ...draft, isTokenOverHttp: true }, undefined).token).toBeUndefined();
  expect(faultsOf({ ...draft, token: "" }, undefined).token).toBeUndefined();
  expect(faultsOf({ ...draft, token: "" }, endpointOf()).token).toBe("overHttp");
  expect(
    faultsOf({ ...draft, token: "", isTokenForgotten: true }, endpointOf()).token,
  ).toBeUndefined();
});

test("http stays on this machine at its own addresses", () => {
  const own = ["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"];
  expect(own.map((url) => isOpenToOthers(at(url)))).toEqual([false, false, false]);
  expect(isOpenToOthers(at("http://127.0.0.1.example.com"))).toBe(true);
});

test("a saved token is not kept for another origin", () => {
  const { origin } = endpointOf();
  expect(leavesToken(at(`${origin}/v2/models/sd/infer`), endpointOf())).toBe(false);
  expect(leavesToken(at(`${origin}:8443`), endpointOf())).toBe(true);
  expect(leavesToken(at(`${origin}:8443`), endpointOf({ hasToken: false }))).toBe(false);
});

test("a header needs a name and a value", () => {
  expect(headerFault({ name: "x-project", value: "a" })).toBeUndefined();
  expect(headerFault({ name: "x project", value: "a" })).toBe("headerName");
  expect(headerFault({ name: "x-project", value: "" })).toBe("headerEmpty");
  const draft = { ...at("https://sd.example.com"), headers: [{ name: "", value: "" }] };
  expect(isSound(draft, undefined)).toBe(false);
});
