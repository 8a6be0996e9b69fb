import { expect, test } from "vitest";
import { DEPLOY_STATES } from "../../../../engine/contract/deploy-states.ts";
import { stageOf, STAGES } from "../../../../renderer/deploy/cluster/stages.ts";

test("every state belongs to a stage, except that of a removed deployment", () => {
  const without = DEPLOY_STATES.filter((state) => stageOf(state) === undefined);
  expect(without).toEqual(["removing"]);
  expect(new Set(DEPLOY_STATES.flatMap((state) => stageOf(state) ?? []))).toEqual(new Set(STAGES));
});
