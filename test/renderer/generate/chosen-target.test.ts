import { expect, test } from "vitest";
import { ignoredBy } from "../../../renderer/generate/chosen-target.ts";
import { endpointRequest } from "../../../renderer/generate/press/wanted.ts";
import { useForm } from "../../../renderer/state/form.ts";
import { checkOf, endpointOf } from "../../fakes/fake-endpoints.ts";

const form = { ...useForm.getInitialState(), prompt: "a fish", negativePrompt: "dark", seed: "5" };
const wanted = { width: 768, height: 768, steps: 50, guidanceScale: 7.5 };

test("this device reads everything, an endpoint of prompts nothing else", () => {
  expect([...ignoredBy(undefined)]).toEqual([]);
  expect([...ignoredBy(endpointOf())]).toEqual([
    "negativePrompt",
    "size",
    "steps",
    "guidanceScale",
    "scheduler",
    "seed",
  ]);
});

test("an endpoint that declares inputs reads those; one that declares none is sent all", () => {
  const inputs = ["prompt", "steps", "seed"];
  const some = endpointOf({ profile: "full", check: checkOf({ inputs }) });
  expect([...ignoredBy(some)]).toEqual(["negativePrompt", "size", "guidanceScale", "scheduler"]);
  expect([...ignoredBy(endpointOf({ profile: "full" }))]).toEqual([]);
});

test("what is ignored is not asked for", () => {
  const ignored = ignoredBy(endpointOf());
  expect(endpointRequest(form, wanted, { id: "kt2", ignored })).toEqual({
    target: "kt2",
    prompt: "a fish",
    count: 1,
  });
  expect(endpointRequest(form, wanted, { id: "kt2", ignored: new Set() })).toEqual({
    target: "kt2",
    prompt: "a fish",
    count: 1,
    negativePrompt: "dark",
    seed: "5",
    ...wanted,
  });
});
