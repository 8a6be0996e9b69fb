import { expect, test } from "vitest";
import { StudioError } from "../../../../engine/contract/errors.ts";
import {
  answeringNames,
  servedModel,
  whyNotReady,
} from "../../../../engine/serving/routes/served-model.ts";
import type { KnownModel } from "../../../../engine/serving/picture-engine.ts";
import { refusalHeaders } from "../../../../engine/serving/routes/refuse.ts";
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

test("a model that is being loaded says when to ask again, one that nobody loads does not", async () => {
  const states = { starter: "loading", other: "unavailable" } as const;
  const models = await modelsOf(states);
  const engine = Object.assign(new ConstantEngine(), { models: async () => models });
  const refusalOf = (name: string) =>
    servedModel(engine, { name }).catch((error: unknown) => error);
  const [loading, idle] = [await refusalOf("starter"), await refusalOf("other")];
  expect([loading, idle]).toEqual([expect.any(StudioError), expect.any(StudioError)]);
  expect(refusalHeaders(loading as StudioError, "/v2")).toEqual({ "retry-after": "5" });
  expect(refusalHeaders(idle as StudioError, "/v2")).toEqual({});
  expect(whyNotReady(models)).toMatchObject({ seconds: 5 });
});
