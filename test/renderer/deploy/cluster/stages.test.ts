import { expect, test } from "vitest";
import { DEPLOY_STATES } from "../../../../engine/contract/deploy-states.ts";
import { stageOf, STAGES } from "../../../../renderer/deploy/cluster/stages.ts";

test("every state is on the way to a stage, and only one that is removed is on none", () => {
  const without = DEPLOY_STATES.filter((state) => stageOf(state) === undefined);
  expect(without).toEqual(["removing"]);
  expect(new Set(DEPLOY_STATES.flatMap((state) => stageOf(state) ?? []))).toEqual(new Set(STAGES));
});
