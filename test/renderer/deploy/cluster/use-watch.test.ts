import { expect, test } from "vitest";
import type { Deployment, WatchedDeployment } from "../../../../engine/contract/deployments.ts";
import type { DeployStateName } from "../../../../engine/contract/deploy-states.ts";
import { StudioError, toWire } from "../../../../engine/contract/errors.ts";
import { after, type Watched } from "../../../../renderer/deploy/cluster/use-watch.ts";

const stateEvent = (state: DeployStateName, rest: Partial<Deployment> = {}): WatchedDeployment => ({
  type: "state",
  deployment: {
    clusterId: "c",
    namespace: "sd-proj",
    name: "kt2",
    displayName: "kt2",
    mode: "raw",
    isOurs: true,
    minReplicas: 1,
    state: { state, outlook: "waiting", sentence: "It waits.", lines: [] },
    ...rest,
  },
});

test("the duration of a state counts from when it was first seen", () => {
  const first = after({}, stateEvent("starting"), 1000);
  const same = after(first, stateEvent("starting", { minReplicas: 2 }), 2000);
  const next = after(same, stateEvent("model-loading"), 3000);
  expect([first, same, next].map(({ since }) => since)).toEqual([1000, 1000, 3000]);
  expect(same.deployment?.minReplicas).toBe(2);
});

test("an endpoint stays known, and replaces what prevented it from being added", () => {
  const error = toWire(new StudioError("INTERNAL", { reason: "no" }));
  const failed = after({}, { type: "endpoint-failed", error });
  expect(failed.endpointError?.message).toMatch(/no/);
  const added = after(failed, { type: "endpoint", endpointId: "e" });
  expect(added).toEqual({ endpointId: "e" });
  expect(after(added, stateEvent("ready")).endpointId).toBe("e");
});

test("an event ends the notice of a lost connection", () => {
  const lost: Watched = { isLost: true };
  expect(after(lost, stateEvent("ready")).isLost).toBeUndefined();
  expect(after(lost, { type: "gone" })).toEqual({ isGone: true });
});
