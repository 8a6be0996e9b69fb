import { expect, test } from "vitest";
import { SCHEDULER_NAMES } from "../../../engine/contract/schedulers.ts";
import { samplerNames, schedulerNamed } from "../../../engine/image/sampler-names.ts";

test.each(SCHEDULER_NAMES)("%s is read back from its names in A1111", (scheduler) => {
  const { sampler, schedule } = samplerNames(scheduler);
  expect(schedulerNamed(sampler, schedule)).toBe(scheduler);
});

test.each([
  ["DDIM", undefined, "ddim"],
  ["PLMS", undefined, "pndm"],
  ["Euler", undefined, "euler"],
  ["Euler", "Automatic", "euler"],
  ["Euler", "Karras", "euler-karras"],
  ["Euler", "karras", "euler-karras"],
  ["Euler Karras", undefined, "euler-karras"],
  ["Euler a", undefined, "euler-ancestral"],
  ["euler a", "Uniform", "euler-ancestral"],
  ["DPM++ 2M", undefined, "dpm++2m"],
  ["DPM++ 2M", "Uniform", "dpm++2m"],
  // A1111's own choice for this sampler since 1.9.
  ["DPM++ 2M", "Automatic", "dpm++2m-karras"],
  ["DPM++ 2M", "Karras", "dpm++2m-karras"],
  ["DPM++ 2M Karras", undefined, "dpm++2m-karras"],
  [" DPM++ 2M Karras ", "Automatic", "dpm++2m-karras"],
  ["Euler a", "Karras", undefined],
  ["Euler", "Exponential", undefined],
  ["DPM++ 2M SDE Karras", undefined, "dpm++2m-sde-karras"],
  ["DPM++ 2M SDE", "Automatic", undefined], // exponential there, for which we have no name
  ["DPM++ SDE", undefined, "dpm++sde"],
  ["DPM++ SDE", "Automatic", "dpm++sde-karras"],
  ["DPM2 a Karras", undefined, "kdpm2-ancestral-karras"],
  ["DPM2", "Automatic", "kdpm2-karras"],
  ["Heun", "Automatic", "heun"],
  ["LMS Karras", undefined, "lms-karras"],
  ["UniPC", undefined, "unipc"],
  ["LCM", undefined, "lcm"],
  ["DPM++ 3M SDE", undefined, undefined],
  ["", undefined, undefined],
])("A1111's %j with schedule type %j is %s", (sampler, schedule, expected) => {
  expect(schedulerNamed(sampler, schedule)).toBe(expected);
});
