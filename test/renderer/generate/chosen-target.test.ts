import { expect, test } from "vitest";
import { ignoredBy } from "../../../renderer/generate/chosen-target.ts";
import { endpointRequest } from "../../../renderer/generate/press/wanted.ts";
import { type FormFields, useForm } from "../../../renderer/state/form.ts";
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
    "preset",
    "precision",
    "guidanceInterval",
  ]);
});

test("an endpoint that declares inputs reads those; one that declares none is sent all that is common", () => {
  const inputs = ["prompt", "steps", "seed", "preset", "guidance_interval"];
  const some = endpointOf({ profile: "full", check: checkOf({ inputs }) });
  expect([...ignoredBy(some)]).toEqual([
    "negativePrompt",
    "size",
    "guidanceScale",
    "scheduler",
    "precision",
  ]);
  expect([...ignoredBy(endpointOf({ profile: "full" }))]).toEqual([
    "preset",
    "precision",
    "guidanceInterval",
  ]);
});

test("quality is asked for as far as it is read", () => {
  const quality: FormFields = { precision: "int8", guidanceInterval: [0, 0.8] };
  const asked = (inputs: string[]) =>
    endpointRequest(
      { ...form, ...quality },
      { ...wanted, preset: "balanced" },
      {
        id: "kt2",
        ignored: ignoredBy(endpointOf({ profile: "full", check: checkOf({ inputs }) })),
      },
    );
  const declared = ["preset", "precision", "guidance_interval"];
  expect(asked(["prompt", ...declared])).toMatchObject({ ...quality, preset: "balanced" });
  expect(Object.keys(asked(["prompt", "seed"]))).toEqual(["target", "prompt", "count", "seed"]);
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
