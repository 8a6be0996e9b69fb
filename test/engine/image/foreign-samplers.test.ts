import { expect, test } from "vitest";
import { comfyuiScheduler, invokeaiScheduler } from "../../../engine/image/foreign-samplers.ts";

test.each([
  ["euler_k", "euler-karras"],
  ["dpmpp_2m_sde_k", "dpm++2m-sde-karras"],
  ["dpmpp_2s", "dpm++sde"], // its name for DPMSolverSinglestepScheduler
  ["dpmpp_sde", undefined], // DPMSolverSDEScheduler, whose noise does not follow the seed
  ["kdpm_2_a_k", "kdpm2-ancestral-karras"],
  ["unipc_k", "unipc-karras"],
  ["lcm", "lcm"],
  ["dpmpp_3m", undefined],
  [["euler"], undefined],
  [undefined, undefined],
])("InvokeAI's %j is %s", (name, expected) => {
  expect(invokeaiScheduler(name)).toBe(expected);
});

test.each([
  ["euler", "normal", "euler"],
  ["dpmpp_2m_sde_gpu", "karras", "dpm++2m-sde-karras"],
  ["dpm_2_ancestral", "normal", "kdpm2-ancestral"],
  ["uni_pc", "normal", "unipc"],
  ["lcm", "sgm_uniform", "lcm"],
  ["euler", "sgm_uniform", undefined],
  ["dpmpp_3m_sde", "karras", undefined],
  [undefined, undefined, undefined],
])("ComfyUI's %j with %j is %s", (sampler, schedule, expected) => {
  expect(comfyuiScheduler(sampler, schedule)).toBe(expected);
});
