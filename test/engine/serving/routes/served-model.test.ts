import { expect, test } from "vitest";
import { answeringNames } from "../../../../engine/serving/routes/served-model.ts";
import type { KnownModel } from "../../../../engine/serving/picture-engine.ts";
import { ConstantEngine } from "../../../fakes/constant-engine.ts";

async function modelsOf(states: Record<string, KnownModel["state"]>): Promise<KnownModel[]> {
  const [model] = await new ConstantEngine().models();
  return Object.entries(states).map(([name, state]) => ({ ...model!, name, state }));
}

test.each([
  [{ starter: "ready", other: "unavailable" }, ["starter", "stable-diffusion"]],
  [{ starter: "unavailable" }, []],
  [{ "stable-diffusion": "ready", starter: "unavailable" }, ["stable-diffusion"]],
  [{ "stable-diffusion": "unavailable", starter: "ready" }, ["starter"]],
] as const)("with %j it answers as %j", async (states, names) => {
  expect(answeringNames(await modelsOf(states))).toEqual(names);
});
