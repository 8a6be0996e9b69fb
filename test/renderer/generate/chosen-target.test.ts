import { expect, test } from "vitest";
import { unreadBy } from "../../../renderer/generate/chosen-target.ts";
import { ignoredBy } from "../../../renderer/picture/ignored-settings.ts";
import { fieldsOf, USUAL } from "../../../renderer/state/presets.ts";
import { endpointRequest, wantedFrom } from "../../../renderer/generate/press/wanted.ts";
import { type FormFields, useForm } from "../../../renderer/state/form.ts";
import { checkOf, endpointOf } from "../../fakes/fake-endpoints.ts";

const form = { ...useForm.getInitialState(), prompt: "a fish", negativePrompt: "dark", seed: "5" };
const wanted = { width: 768, height: 768, steps: 50, guidanceScale: 7.5 };

test("this device uses everything, an endpoint with prompts only uses nothing else", () => {
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
    "cacheInterval",
    "decoder",
  ]);
});

test("an endpoint that declares inputs uses those; one that declares none is sent all common ones", () => {
  const inputs = ["prompt", "steps", "seed", "preset", "guidance_interval"];
  const some = endpointOf({ profile: "full", check: checkOf({ inputs }) });
  expect([...ignoredBy(some)]).toEqual([
    "negativePrompt",
    "size",
    "guidanceScale",
    "scheduler",
    "precision",
    "cacheInterval",
    "decoder",
  ]);
  expect([...ignoredBy(endpointOf({ profile: "full" }))]).toEqual([
    "preset",
    "precision",
    "guidanceInterval",
    "cacheInterval",
    "decoder",
  ]);
});

const TRIAL = {
  at: new Date(0).toISOString(),
  pictures: 7,
  seconds: 9,
  verdicts: { seed: "used", size: "ignored", steps: "refused", scheduler: "unknown" },
} as const;

test("what an endpoint's pictures showed takes precedence over its metadata", () => {
  const declared = checkOf({ inputs: ["prompt", "steps", "width", "height"] });
  const ignored = ignoredBy(endpointOf({ profile: "full", trial: TRIAL, check: declared }));
  expect([...ignored].slice(0, 5)).toEqual([
    "negativePrompt",
    "size",
    "steps",
    "guidanceScale",
    "scheduler",
  ]);
  expect(ignored.has("seed")).toBe(false);
  const silent = ignoredBy(endpointOf({ profile: "full", trial: TRIAL }));
  expect([...silent].filter((name) => !name.includes("nterval"))).toEqual([
    "size",
    "steps",
    "preset",
    "precision",
    "decoder",
  ]);
  expect(ignoredBy(endpointOf({ trial: TRIAL })).has("seed")).toBe(true);
});

test("of several targets it names those that ignore a setting, and whether that is certain", () => {
  const lab = endpointOf({ id: "lab", name: "Lab" });
  const tried = endpointOf({ id: "tried", name: "Tried", profile: "full", trial: TRIAL });
  const all = [lab, tried];
  expect(unreadBy("seed", ["local", "tried"], all).names).toEqual([]);
  expect(unreadBy("seed", ["local", "tried", "lab"], all)).toEqual({
    names: ["Lab"],
    isAll: false,
    isCertain: false,
  });
  expect(unreadBy("size", ["tried"], all)).toEqual({
    names: ["Tried"],
    isAll: true,
    isCertain: true,
  });
  expect(unreadBy("size", ["tried", "lab", "lab"], all)).toMatchObject({ isAll: true });
});

test("quality is sent as far as it is used", () => {
  const interval: [number, number] = [0, 0.8];
  const quality: FormFields = {
    precision: "int8",
    guidanceInterval: interval,
    cacheInterval: 3,
    steps: 9,
  };
  const asked = (inputs: string[]) =>
    endpointRequest(
      { ...form, ...quality },
      { ...wanted, steps: 9 },
      {
        id: "kt2",
        ignored: ignoredBy(endpointOf({ profile: "full", check: checkOf({ inputs }) })),
      },
    );
  const declared = ["preset", "precision", "guidance_interval", "cache_interval"];
  const sent = asked(["prompt", ...declared]);
  expect(sent).toMatchObject({
    precision: "int8",
    guidanceInterval: interval,
    cacheInterval: 3,
  });
  expect(sent).not.toHaveProperty("preset");
  expect(Object.keys(asked(["prompt", "seed"]))).toEqual(["target", "prompt", "count", "seed"]);
});

test("an endpoint with presets decides what a preset sets; elsewhere the preset's numbers are sent", () => {
  const asked = (change: FormFields, ignored = ignoredBy(undefined)) => {
    const chosen = { ...form, ...change };
    return endpointRequest(chosen, wantedFrom(chosen, undefined), { id: "kt2", ignored });
  };
  const open = { target: "kt2", prompt: "a fish", count: 1, negativePrompt: "dark", seed: "5" };
  const size = { width: 768, height: 768 };
  expect(asked({})).toEqual({ ...open, ...size, preset: "exact" });
  const fast = fieldsOf("fast", USUAL);
  expect(asked({ ...fast, guidanceScale: 4 })).toEqual({
    ...open,
    ...size,
    preset: "fast",
    guidanceScale: 4,
  });
  const plain = ignoredBy(endpointOf({ profile: "full" }));
  expect(asked(fast, plain)).toEqual({
    ...open,
    ...size,
    steps: 10,
    scheduler: "unipc",
    guidanceScale: 7.5,
  });
  expect(asked({ steps: 31 })).toMatchObject({ steps: 31, guidanceScale: 7.5 });
});

test("ignored settings are not sent", () => {
  const ignored = ignoredBy(endpointOf());
  expect(endpointRequest(form, wanted, { id: "kt2", ignored })).toEqual({
    target: "kt2",
    prompt: "a fish",
    count: 1,
  });
});
