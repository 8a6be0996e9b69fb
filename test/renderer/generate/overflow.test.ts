import { expect, test } from "vitest";
import type { Endpoint } from "../../../engine/contract/endpoints.ts";
import { requestSchema } from "../../../engine/contract/request.ts";
import { fastestFirst, offerFor, requestAt } from "../../../renderer/generate/overflow.ts";

const at = (id: string, medianSeconds?: number, more: Partial<Endpoint> = {}): Endpoint =>
  ({ id, name: id, ...(medianSeconds !== undefined && { medianSeconds }), ...more }) as Endpoint;

const ERROR = { code: "ENDPOINT_BUSY", message: "full", details: {} } as const;
const FAILED = {
  check: { at: "2026-11-25T12:00:00.000Z", state: "failed", ms: 0, models: [], inputs: [] },
} as const satisfies Partial<Endpoint>;

test("the fastest comes first; what failed last is not offered", () => {
  const all = [at("new"), at("slow", 20), at("quick", 3), at("broken", 1, { lastError: ERROR })];
  const gone = at("gone", 1, { check: { ...FAILED.check, models: [], inputs: [] } });
  expect(fastestFirst([...all, gone]).map(({ id }) => id)).toEqual(["quick", "slow", "new"]);
});

test("another target is sent a request for the same picture, with the same open settings", () => {
  const order = { prompt: "a dog", negativePrompt: "", seed: "7", width: 768, height: 768 };
  const open = requestAt("local", { ...order, model: "an endpoint's", isSizeOpen: true });
  expect(requestSchema.parse(open)).toEqual({
    prompt: "a dog",
    negativePrompt: "",
    seed: "7",
    target: "local",
  });
  expect(requestAt("kt2", { ...order, model: "starter" })).toMatchObject({ width: 768 });
});

test.each([
  ["nothing waits", 0, undefined],
  ["this machine is free sooner", 4, undefined],
  ["it is not known when this machine is free", undefined, undefined],
  ["this machine is busy for longer than the picture takes there", 60, "quick"],
])("if %s, the offer is %3$s", (_, wait, offered) => {
  const all = [at("slow", 20), at("quick", 3), at("new")];
  const open = (target: string) => (target === "quick" ? 2 : 0);
  expect(offerFor(wait, all, open)?.endpoint.id).toBe(offered);
});

test("what waits at the other target counts, and a target with unknown times is not offered", () => {
  const all = [at("quick", 3), at("slow", 20)];
  const queued = offerFor(60, all, (target) => (target === "quick" ? 30 : 1));
  expect([queued?.endpoint.id, queued?.readySeconds]).toEqual(["slow", 21]);
  expect(offerFor(60, all, () => undefined)).toBeUndefined();
});
